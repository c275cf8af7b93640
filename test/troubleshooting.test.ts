import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, test } from "node:test";

/**
 * What goes wrong according to the troubleshooting pages of the tools that people come from (credctl's and vouch's, for AWS), the
 * causes that are behind it, and what names each of them here: a step of a script, or a test. The tests are run where they stand; this
 * one holds that none of them goes away.
 */
const ENTRIES: readonly { readonly says: string; readonly causes: readonly Cause[] }[] = [
  {
    says: "CloudFormation deploy failed",
    causes: [
      {
        is: "a right is missing",
        in: "rings/moto/rights.test.ts",
        names: "each right that brevet itself uses is missed by name",
      },
      { is: "doctor: where it stopped, and why", in: "rings/moto/doctor.test.ts", names: "names the resource and AWS's reason" },
      { is: "a resource failed", in: "rings/moto/stack.test.ts", names: "tells the resource that failed and AWS's reason" },
      { is: "the stack is stuck", in: "rings/moto/stack.test.ts", names: "when CloudFormation itself could not go back" },
    ],
  },
  {
    says: "OIDC provider validation failed",
    causes: [
      { is: "not published, not reachable", in: "scripts/troubleshooting.txt", names: "The OIDC documents are not published" },
      { is: "not public yet, or another certificate", in: "scripts/doctor.txt", names: "name, TLS and discovery" },
      { is: "CloudFront is not ready", in: "rings/moto/chain.test.ts", names: "waiting until the issuer is served" },
    ],
  },
  {
    says: "Access denied on AssumeRoleWithWebIdentity; Not authorized to perform sts:AssumeRoleWithWebIdentity",
    causes: [
      { is: "there is no such role", in: "scripts/troubleshooting.txt", names: "cause: the role\n" },
      { is: "the provider's URL, by a slash", in: "scripts/troubleshooting.txt", names: "they differ in a slash at the end" },
      { is: "the audience", in: "scripts/troubleshooting.txt", names: "# The audience: the provider does not list it" },
      {
        is: "the subject, provider or action",
        in: "scripts/troubleshooting.txt",
        names: "# The subject, the provider that the role",
      },
      { is: "session tags", in: "scripts/troubleshooting.txt", names: "# Session tags are an action of their own" },
    ],
  },
  {
    says: "S3 bucket already exists",
    causes: [
      { is: "it is another's", in: "rings/moto/s3-publisher.test.ts", names: "says that a bucket is another's" },
      { is: "doctor", in: "../src/flows/checks/setup-checks.test.ts", names: 'names a bucket that exists already, "S3 bucket' },
      { is: "a name is taken in the account", in: "rings/moto/refusals.test.ts", names: "says which would be free" },
    ],
  },
  {
    says: "device not initialised",
    causes: [
      { is: "explain", in: "scripts/troubleshooting.txt", names: '# "Device not initialised"' },
      { is: "doctor", in: "scripts/doctor.txt", names: "there is no identity yet" },
    ],
  },
  {
    says: "Token is expired",
    causes: [{ is: "the clock", in: "scripts/doctor.txt", names: '# "Token is expired": a clock that is off.' }],
  },
  {
    says: "Invalid identity token",
    causes: [
      { is: "the provider is for another URL", in: "scripts/troubleshooting.txt", names: '# "Invalid identity token"' },
      {
        is: "the keys were changed at the host",
        in: "rings/moto/reference-guide.test.ts",
        names: "changed at the host are found out",
      },
    ],
  },
  {
    says: "Credentials not appearing in the expected profile",
    causes: [
      { is: "sections and keys of that name", in: "scripts/doctor.txt", names: '"Credentials not appearing in the expected' },
    ],
  },
  {
    says: "Permission errors after assuming the role",
    causes: [
      { is: "not the trust", in: "scripts/troubleshooting.txt", names: "decided by the role's permissions, not by its trust" },
    ],
  },
];

interface Cause {
  readonly is: string;
  /** Below `test/`. */
  readonly in: string;
  /** What stands there. */
  readonly names: string;
}

describe("what the troubleshooting pages of other tools list is told apart here", () => {
  for (const { says, causes } of ENTRIES) {
    test(says, () => {
      for (const { is, in: file, names } of causes) {
        const source = readFileSync(join(resolve(import.meta.dirname), file), "utf8");
        assert.ok(source.includes(names), `${is}: test/${file} has no "${names}"`);
      }
    });
  }
});
