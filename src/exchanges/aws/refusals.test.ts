import assert from "node:assert/strict";
import { test } from "node:test";
import { adviceFor, judgesTimes } from "./refusals.ts";

/** Codes of the three actions and of every AWS service, from the STS API Reference, "Common Errors" and the actions' own. */
const DOCUMENTED = [
  "AccessDenied",
  "ExpiredTokenException",
  "IDPCommunicationError",
  "IDPRejectedClaim",
  "InvalidIdentityToken",
  "MalformedPolicyDocument",
  "PackedPolicyTooLarge",
  "RegionDisabledException",
  "ValidationError",
];

for (const code of DOCUMENTED) {
  test(`${code} has advice that ends in something to do`, () => {
    const { hints } = adviceFor(code, "");
    assert.ok(hints.length > 0);
    for (const hint of hints) if (typeof hint === "string") assert.match(hint, /`[^`]+`|\{\w+\}/);
  });
}

const wordings: readonly [code: string, message: string, hint: RegExp][] = [
  ["AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity", /trust policy/],
  ["AccessDenied", "Not authorized to perform sts:AssumeRoleWithSAML", /`providerArn`/],
  ["AccessDenied", "User: x is not authorized to perform: sts:AssumeRole on resource: y", /`sts:AssumeRole`/],
  ["AccessDenied", "User: x is not authorized to perform: sts:TagSession on resource: y", /`sts:TagSession`/],
  ["AccessDenied", "User: x is not authorized to perform: sts:SetSourceIdentity on resource: y", /`sts:SetSourceIdentity`/],
  [
    "InvalidIdentityToken",
    "No OpenIDConnect provider found in your account for https://issuer.example",
    /create an OIDC provider/,
  ],
  ["InvalidIdentityToken", "Incorrect token audience", /`aud`.*\{audience\}/],
  [
    "InvalidIdentityToken",
    "The target role ARN is not present in the roles claim of the identity token",
    /aws\.amazon\.com\/roles/,
  ],
  ["InvalidIdentityToken", "OpenIDConnect provider's HTTPS certificate doesn't match configured thumbprint", /issuer verify/],
  ["ValidationError", "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.", /\{duration\}/],
];
for (const [code, message, hint] of wordings) {
  test(`${code}: "${message}" has its own hint`, () => {
    assert.match(JSON.stringify(adviceFor(code, message).hints), hint);
  });
}

test("a code that nobody knows has no advice, and AWS's words have to do", () => {
  assert.deepEqual(adviceFor("Constructor", "x"), { means: null, hints: [] });
  assert.deepEqual(adviceFor("toString", "x"), { means: null, hints: [] });
});

test("times are judged by the codes for tokens and for signatures", () => {
  for (const code of ["ExpiredTokenException", "ExpiredToken", "InvalidIdentityToken", "SignatureDoesNotMatch"]) {
    assert.equal(judgesTimes(code), true, code);
  }
  for (const code of ["AccessDenied", "ValidationError", "NotExpiredToken"]) assert.equal(judgesTimes(code), false, code);
});
