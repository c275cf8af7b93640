import assert from "node:assert/strict";
import { test } from "node:test";
import { explainWebIdentity } from "./explain-web-identity.ts";
import { issuerFormProblem } from "./issuer-form.ts";
import { IAM_CHANGES } from "./trust-changes.ts";

test("an issuer by http or with a port is told before a command that could not make its provider", () => {
  for (const iss of ["http://localhost:8080", "https://id.example.com:8443", "https://id.example.com:8443/realms/dev"]) {
    assert.notEqual(issuerFormProblem(iss), null, iss);
    const question = {
      roleArn: "arn:aws:iam::123456789012:role/dev",
      claims: { iss, aud: iss, sub: "alice" },
      roleSessionName: "alice",
      durationSeconds: null,
      now: 1_800_000_000,
      surroundings: { known: new Map(), unknown: [] },
    };
    const [first] = explainWebIdentity(question as unknown as Parameters<typeof explainWebIdentity>[0], {
      role: "unknown",
      providers: "unknown",
      changes: IAM_CHANGES,
    });
    assert.equal(first?.verdict.outcome, "refused", iss);
    assert.doesNotMatch(JSON.stringify(first), /arn:aws:iam::123456789012:oidc-provider/);
  }
  for (const iss of ["https://id.example.com", "https://id.example.com/a:1"]) assert.equal(issuerFormProblem(iss), null, iss);
});
