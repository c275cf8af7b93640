import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { SamlTrust } from "../saml-trust.ts";
import { cliScript } from "./cli-script.ts";
import { consoleSteps } from "./console-steps.ts";
import { filledTemplate, resolveTemplate } from "./resolve-template.ts";
import type { ResolvedTrust } from "./resolved-resource.ts";
import { samlResources, samlTemplate } from "./saml-resources.ts";
import { terraformModule } from "./terraform-module.ts";

const PARAMETERS = {
  Owner: "laptop-abcdefghij",
  Subjects: "laptop-abcdefghij",
  PolicyArns: "arn:aws:iam::aws:policy/ReadOnlyAccess",
  PermissionsBoundary: "arn:aws:iam::123456789012:policy/Boundary",
  TokenAudience: "api://AzureADTokenExchange",
};
const STACK = resolveTemplate({
  parameters: PARAMETERS,
  tags: { team: "platform" },
  surroundings: { AccountId: "123456789012", Partition: "aws", Region: "eu-west-1", StackName: "brevet-infra" },
});
const SAML_TRUST: SamlTrust = {
  account: "123456789012",
  partition: "aws",
  region: "us-east-1",
  owner: "work@id.example",
  provider: "brevet",
  metadata: '<EntityDescriptor entityID="https://id.example/$1"/>',
  role: "brevet-people-role",
  policyArns: ["arn:aws:iam::aws:policy/ReadOnlyAccess"],
  permissionsBoundary: "arn:aws:iam::123456789012:policy/Boundary",
  maxSessionSeconds: 7200,
  subjects: ["alice@example.com"],
  groups: [],
  tags: { team: "platform" },
};

/** The resources with a note of every property that a form reads. */
function noting({ resources, surroundings }: ResolvedTrust): { readonly trust: ResolvedTrust; unread(): readonly string[] } {
  const unread = new Set(resources.flatMap(({ type, properties }) => Object.keys(properties).map((name) => `${type} ${name}`)));
  const noted = resources.map((resource) => ({
    ...resource,
    properties: new Proxy(resource.properties, {
      get(target, name) {
        unread.delete(`${resource.type} ${String(name)}`);
        return target[String(name)];
      },
    }),
  }));
  return { trust: { resources: noted, surroundings }, unread: () => [...unread] };
}

/** Not read, since every form has one bucket alone, and Terraform a function for the file beside the module. */
const BY_PLACE = ["AWS::S3::BucketPolicy Bucket", "AWS::IAM::SAMLProvider SamlMetadataDocument"];

/** The stack of a device of that name, as it would be in that region. */
function stackOf(owner: string, StackName: string, Region = "ap-southeast-1"): ResolvedTrust {
  const surroundings = { AccountId: "123456789012", Partition: "aws", Region, StackName };
  return resolveTemplate({ parameters: { ...PARAMETERS, Owner: owner }, tags: {}, surroundings });
}

describe("the printed forms of a trust", () => {
  it("name a bucket as S3 takes it, and no two devices', stacks' or regions' alike", () => {
    const long = "a".repeat(40);
    const trusts = [
      stackOf("laptop-abcdefghij", long),
      stackOf("desktop-abcdefghij", long),
      stackOf("laptop-abcdefghij", "Brevet-infra"),
      stackOf("laptop-abcdefghij", "Brevet-infra", "eu-west-1"),
    ];
    const names = trusts.map((trust) => /^BUCKET="(.*)"$/m.exec(cliScript(trust))?.[1] ?? "");
    for (const name of names) assert.match(name, /^[a-z][a-z0-9-]{1,61}[a-z0-9]$/);
    assert.equal(new Set(names).size, names.length);
    const [, prefix = ""] = /bucket_prefix = "(.*)"/.exec(terraformModule(stackOf("laptop", long))) ?? [];
    assert.ok(prefix.length > 0 && prefix.length <= 37, prefix);
  });

  it("ask CloudFront by a reference that is new in every run", () => {
    assert.match(cliScript(STACK), /CallerReference\\": *\\"brevet-\$\{RUN\}/);
    assert.match(cliScript(STACK), /^RUN="\$\(date \+%s\)-\$\$"$/m);
  });

  it("make the provider once its issuer answers, since IAM connects to it", () => {
    const lines = cliScript(STACK).split("\n");
    const at = (start: RegExp) => lines.findIndex((line) => start.test(line));
    assert.ok(at(/^MADE=/) < at(/^aws cloudfront wait /), "after the distribution");
    assert.ok(at(/^aws cloudfront wait /) < at(/^PROVIDER=/), "before the provider");
  });

  it("name a bucket's host as its partition does", () => {
    const parameters = { ...PARAMETERS, Hosting: "s3" };
    for (const [Partition, Region, host] of [
      ["aws", "eu-west-1", "s3.eu-west-1.amazonaws.com"],
      ["aws-cn", "cn-north-1", "s3.cn-north-1.amazonaws.com.cn"],
      ["aws-eusc", "eusc-de-east-1", "s3.eusc-de-east-1.amazonaws.eu"],
    ] as const) {
      const surroundings = { AccountId: "123456789012", Partition, Region, StackName: "brevet-infra" };
      const trust = resolveTemplate({ parameters, tags: {}, surroundings });
      assert.ok(cliScript(trust).includes(`--url "https://\${BUCKET}.${host}/`), host);
      assert.ok(consoleSteps(trust).includes(`Url: \`https://BUCKET.${host}/`), host);
    }
  });

  it("ask for a Terraform provider that has what they use, and tell it nothing that it cannot keep", () => {
    const { TokenAudience: _, ...parameters } = PARAMETERS;
    const withoutTokens = resolveTemplate({ parameters, tags: {}, surroundings: STACK.surroundings });
    assert.match(terraformModule(withoutTokens), /version = ">= 5\.81"/);
    assert.match(terraformModule(STACK), /version = ">= 6\.26"(.|\n)*resource "aws_iam_outbound_web_identity_federation"/);
    assert.doesNotMatch(terraformModule(STACK), /minimum_protocol_version/);
  });

  const forms = { cliScript, terraformModule, consoleSteps };
  for (const [name, write] of Object.entries(forms)) {
    it(`${name} leaves out no property of the template, and none of a SAML trust`, () => {
      for (const given of [STACK, samlResources(SAML_TRUST)]) {
        const { trust, unread } = noting(given);
        const text = write(trust);
        assert.deepEqual(
          unread().filter((property) => !BY_PLACE.includes(property)),
          [],
        );
        assert.ok(text.includes("platform"), text);
        assert.doesNotMatch(text, /[⟦⟧]/);
      }
    });
  }

  it("the template can be deployed as it is printed", () => {
    const template = JSON.parse(filledTemplate({ parameters: PARAMETERS, tags: { team: "platform" } }));
    const left = Object.entries<{ readonly Default?: unknown }>(template.Parameters).filter(
      ([, one]) => one.Default === undefined,
    );
    assert.deepEqual(left, []);
    assert.equal(template.Parameters.Owner.Default, PARAMETERS.Owner);
    assert.deepEqual(template.Resources.Role.Properties.Tags.at(-1), { Key: "team", Value: "platform" });
    const { Resources } = JSON.parse(samlTemplate(SAML_TRUST));
    assert.equal(Resources.SamlProvider.Properties.SamlMetadataDocument, SAML_TRUST.metadata);
    assert.deepEqual(Resources.Role.Properties.AssumeRolePolicyDocument.Statement[0].Principal, {
      Federated: { Ref: "SamlProvider" },
    });
  });
});
