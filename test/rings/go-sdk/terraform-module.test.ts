import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { resolveTemplate } from "../../../src/setup/aws/by-hand/resolve-template.ts";
import { samlResources } from "../../../src/setup/aws/by-hand/saml-resources.ts";
import { terraformModule } from "../../../src/setup/aws/by-hand/terraform-module.ts";
import type { SamlTrust } from "../../../src/setup/aws/saml-trust.ts";
import { AWS_GUIDE } from "../../guide-policies.ts";

const SURROUNDINGS = { AccountId: "123456789012", Partition: "aws", Region: "us-east-1", StackName: "brevet-infra" };
const SAML: SamlTrust = {
  account: "123456789012",
  partition: "aws",
  region: "us-east-1",
  owner: "work@id.example",
  provider: "brevet",
  metadata: "<EntityDescriptor/>",
  role: "brevet-people-role",
  policyArns: ["arn:aws:iam::aws:policy/ReadOnlyAccess"],
  permissionsBoundary: "arn:aws:iam::123456789012:policy/Boundary",
  maxSessionSeconds: 7200,
  subjects: ["alice@example.com"],
  groups: ["developers"],
  tags: { team: "platform" },
};
const POLICIES = "arn:aws:iam::123456789012:policy/One,arn:aws:iam::aws:policy/ReadOnlyAccess";

test("the printed Terraform modules, and the guide's, are HCL, and in the layout of HashiCorp's own formatter", () => {
  const folder = mkdtempSync(join(tmpdir(), "brevet-hcl-"));
  const device = { Owner: "laptop", Subjects: "laptop", IssuerPath: "laptop", PolicyArns: POLICIES };
  const forms = {
    cloudfront: { ...device, TokenAudience: "api://AzureADTokenExchange", PinRole: "yes", BindSessionName: "yes" },
    s3: { ...device, Hosting: "s3", PermissionsBoundary: "arn:aws:iam::123456789012:policy/Boundary" },
    people: {
      Owner: "work",
      Hosting: "none",
      IssuerAddress: "id.example",
      SubjectPatterns: "*@example.com",
      PolicyArns: POLICIES,
    },
  };
  try {
    const stacks = Object.entries(forms).map(
      ([name, parameters]) =>
        [name, resolveTemplate({ parameters, tags: { team: "platform" }, surroundings: SURROUNDINGS })] as const,
    );
    const files = [...stacks, ["saml", samlResources(SAML)] as const].map(([name, resources]) => {
      const file = join(folder, `${name}.tf`);
      writeFileSync(file, terraformModule(resources));
      return file;
    });
    const guide = join(folder, "guide.tf");
    const blocks = [...AWS_GUIDE.matchAll(/```hcl\n([\s\S]*?)```/g)].map(([, hcl = ""]) => hcl);
    assert.ok(blocks.length > 0);
    writeFileSync(guide, blocks.join("\n"));
    files.push(guide);
    const formatter = "github.com/hashicorp/hcl/v2/cmd/hclfmt@v2.16.2";
    for (const flag of ["-check", "-require-no-change"]) {
      const ran = spawnSync("go", ["run", formatter, flag, ...files], { cwd: folder, encoding: "utf8" });
      assert.equal(ran.status, 0, `${flag}: ${ran.stderr}`);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
