import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { evaluateTrust } from "./evaluate.ts";
import { parseTrustPolicy } from "./policy.ts";
import { webIdentityContext } from "./web-identity-context.ts";
import { oidcProviderArn, webIdentityStatement } from "./web-identity-trust.ts";

const ACCOUNT = { partition: "aws", accountId: "123456789012", issuer: "https://id.example.com" };
const ALLOWED = { allowTags: false, allowSourceIdentity: false };
const resource = "arn:aws:iam::123456789012:role/dev";

function outcome(policy: object, sub: string, aud: string): string {
  const { issuer } = ACCOUNT;
  const claims = { iss: issuer, sub, aud };
  const context = webIdentityContext({ issuer, claims, roleSessionName: "session", roleArn: resource, now: 1_800_000_000 });
  const principal = { kind: "federated", arn: oidcProviderArn(ACCOUNT) } as const;
  const request = { action: "sts:AssumeRoleWithWebIdentity", principal, resource, context } as const;
  return evaluateTrust(parseTrustPolicy(JSON.stringify(policy)), request).outcome;
}

test("a statement lets in its subject and its audience to the letter, also where they look like variables of IAM", () => {
  const parts = fc.constantFrom("$", "{", "}", "aws:username", "sts:RoleSessionName", "*", "?", "a", "$${a}");
  const text = fc.array(parts, { minLength: 1, maxLength: 6 }).map((all) => all.join(""));
  const exact = text.filter((value) => !/[*?]/.test(value));
  fc.assert(
    fc.property(exact, text, text, (subject, audience, other) => {
      const policy = { Version: "2012-10-17", Statement: [webIdentityStatement({ ...ACCOUNT, ...ALLOWED, subject, audience })] };
      assert.equal(outcome(policy, subject, audience), "allowed");
      if (other !== subject) assert.equal(outcome(policy, other, audience), "refused");
      if (other !== audience) assert.equal(outcome(policy, subject, other), "refused");
    }),
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of IAM
    { numRuns: 500, examples: [["${sts:RoleSessionName}", "any", "session"]] },
  );
});
