import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import fc from "fast-check";
import { isTypeable, visibleJson } from "../../src/core/visible.ts";
import { sandboxTrust } from "../../src/sandbox/iam/trust-source.ts";
import { createCredential, deleteCredential } from "../../src/setup/azure/credential-commands.ts";
import { explainWebIdentity } from "../../src/trust/aws/explain-web-identity.ts";
import { IAM_CHANGES } from "../../src/trust/aws/trust-changes.ts";
import { grantCommand } from "../../src/trust/gcp/judge-impersonation.ts";
import { mendProvider } from "../../src/trust/gcp/mend.ts";
import { parseGcpProvider } from "../../src/trust/gcp/provider.ts";

const ROLE = "arn:aws:iam::123456789012:role/dev";
const GOOGLE = "projects/123456789012/locations/global/workloadIdentityPools/brevet/providers/laptop";
const MANAGED = "/subscriptions/3333/resourceGroups/dev/providers/Microsoft.ManagedIdentity/userAssignedIdentities/builder";
const PROVIDER = {
  name: GOOGLE,
  attributeMapping: { "google.subject": "assertion.sub" },
  attributeCondition: "assertion.sub == 'ann'",
  oidc: { issuerUri: "https://id.example.com" },
};
const SANDBOX = sandboxTrust("/nowhere", { isNamed: true });

/** What explain advises somebody whose tokens hold this value wherever a token can, and the argument that has to come of it. */
function advised(value: string): readonly (readonly [line: string, argument: string])[] {
  const question = {
    roleArn: ROLE,
    claims: { iss: "https://id.example.com", aud: value, sub: value },
    roleSessionName: "session",
    durationSeconds: 3600,
    now: 1_800_000_000,
    surroundings: {},
    tagsBy: "server",
  } as const;
  const mends = (providers: { url: string; clientIds: string[] }[], condition: object = {}, changes = IAM_CHANGES) => {
    const statement = {
      Effect: "Allow",
      Principal: { Federated: "arn:aws:iam::123456789012:oidc-provider/id.example.com" },
      Action: "sts:AssumeRoleWithWebIdentity",
      Condition: condition,
    };
    const trustPolicy = JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
    const role = { arn: ROLE, trustPolicy, maxSessionDuration: null };
    return explainWebIdentity(question, { role, providers, changes }).flatMap(({ mend }) => mend);
  };
  const provider = parseGcpProvider(PROVIDER, "the provider");
  const caller = { subject: "laptop", audience: value };
  const credential = { name: value, issuer: "https://id.example.com", subject: value, audiences: [value] };
  const principal = { pool: GOOGLE.split("/providers/")[0] ?? "", subject: value, groups: [], attributes: {} };
  const listed = [{ url: "https://id.example.com", clientIds: [value] }];
  const group = { StringEquals: { [`aws:RequestTag/group/${value}`]: "true" } };
  return [
    [mends([])[0] ?? "", value],
    [mends([{ url: "https://id.example.com", clientIds: [] }])[0] ?? "", value],
    [mends([], {}, SANDBOX.changes)[0] ?? "", value],
    // A key that ends so names no tag, and of a key that is not known nothing is advised.
    ...(/[/:]$/.test(value) ? [] : [[mends(listed, group)[0]?.replace(/^[^:]*: /, "") ?? "", value] as const]),
    [mendProvider("audience", provider, caller)[2] ?? "", value],
    [
      mendProvider("condition", provider, { subject: value, audience: "any" })[0] ?? "",
      `(assertion.sub == 'ann') || assertion.sub`,
    ],
    [grantCommand("dev@project.iam.gserviceaccount.com", principal), `/subject/${value}`],
    [createCredential({ clientId: "1111", identity: null }, credential), visibleJson(value).slice(1, -1)],
    [createCredential({ clientId: "1111", identity: MANAGED }, credential), value],
    [deleteCredential({ clientId: value, identity: null }, value), value],
  ];
}

describe("what explain advises", { skip: process.platform === "win32" && "this system has no sh" }, () => {
  const folder = mkdtempSync(join(tmpdir(), "brevet-advice-"));
  after(() => rmSync(folder, { recursive: true }));
  const STRANGE = [
    "x; touch pwned #",
    "x'; touch pwned; '",
    "$(touch pwned)",
    "`touch pwned`",
    "a\ntouch pwned",
    "\u001b[31m",
    "&|<>",
    "~",
    "a/",
    "a:",
    "\uFFA0",
  ];

  test("runs nothing that a token says, and gives each value to its program whole", () => {
    const stands = ["aws", "gcloud", "az", "brevet"].map((name) => `${name}() { printf '%s\\0' "$@"; }`).join("; ");
    const value = fc.string({ unit: "grapheme", minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(fc.oneof(fc.constantFrom(...STRANGE), value), (claim) => {
        for (const [line, argument] of advised(claim)) {
          const isOffered = /^(aws|gcloud|az|brevet) /.test(line) && !line.includes("no command is offered");
          if (!isOffered) {
            assert.equal(isTypeable(claim), false, `${JSON.stringify(claim)}: ${line}`);
            continue;
          }
          const { stdout, stderr, status } = spawnSync("sh", ["-c", `${stands}; ${line}`], { cwd: folder, encoding: "utf8" });
          assert.deepEqual([status, stderr], [0, ""], line);
          const given = stdout.split("\0");
          assert.ok(
            given.some((one) => one.includes(argument)),
            `${line} gives ${given.join(" | ")}`,
          );
          assert.deepEqual(readdirSync(folder), [], line);
        }
      }),
      { numRuns: 40, examples: STRANGE.map((claim) => [claim]) },
    );
  });
});
