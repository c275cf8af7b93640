import assert from "node:assert/strict";
import { test } from "node:test";
import type { Finding } from "../verdict.ts";
import { evaluateTrust } from "./evaluate.ts";
import { parseTrustPolicy } from "./policy.ts";
import { webIdentityContext } from "./web-identity-context.ts";

const ARN = "arn:aws:iam::123456789012:oidc-provider/issuer.example";

function ask(statements: readonly Readonly<Record<string, unknown>>[], claims: Readonly<Record<string, unknown>> = {}) {
  const written = statements.map((one) => ({
    Effect: "Allow",
    Principal: { Federated: ARN },
    Action: "sts:AssumeRoleWithWebIdentity",
    ...one,
  }));
  return evaluateTrust(parseTrustPolicy(JSON.stringify({ Version: "2012-10-17", Statement: written })), {
    action: "sts:AssumeRoleWithWebIdentity",
    principal: { kind: "federated", arn: ARN },
    resource: "arn:aws:iam::123456789012:role/dev",
    context: webIdentityContext({
      issuer: "https://issuer.example",
      claims: { sub: "laptop", aud: "sts.amazonaws.com", ...claims },
      roleSessionName: "laptop",
      now: 1_772_627_400,
    }),
  });
}

function findingsOf(verdict: ReturnType<typeof ask>): readonly Finding[] {
  return verdict.outcome === "allowed" ? [verdict.because] : verdict.because;
}

const places = (verdict: ReturnType<typeof ask>): readonly string[] => findingsOf(verdict).map(({ at }) => at);

test("a refusal names every condition that failed, what it wanted and what it saw", () => {
  const verdict = ask([
    { Sid: "Laptop", Condition: { StringEquals: { "issuer.example:sub": ["desk"], "issuer.example:email": "a@b" } } },
  ]);
  assert.equal(verdict.outcome, "refused");
  assert.deepEqual(
    findingsOf(verdict).map(({ at, wanted, saw }) => ({ at, wanted, saw })),
    [
      { at: "Statement[0] (Laptop) Condition.StringEquals.issuer.example:sub", wanted: ["desk"], saw: ["laptop"] },
      { at: "Statement[0] (Laptop) Condition.StringEquals.issuer.example:email", wanted: ["a@b"], saw: null },
    ],
  );
});

test("the statement that came closest is told first", () => {
  const far = { Sid: "Far", Principal: { AWS: "123456789012" }, Action: "sts:AssumeRole" };
  const near = { Sid: "Near", Condition: { StringEquals: { "issuer.example:sub": "desk" } } };
  const other = { Sid: "Other", Action: "sts:TagSession" };
  assert.deepEqual(places(ask([far, other, near])), [
    "Statement[2] (Near) Condition.StringEquals.issuer.example:sub",
    "Statement[1] (Other) Action",
    "Statement[0] (Far) Principal",
    "Statement[0] (Far) Action",
  ]);
});

test("among statements about the caller, the one with fewer failed conditions is told first", () => {
  const two = { Sid: "Two", Condition: { StringEquals: { "issuer.example:sub": "desk", "issuer.example:aud": "other" } } };
  const one = {
    Sid: "One",
    Condition: { StringEquals: { "issuer.example:sub": "desk", "issuer.example:aud": "sts.amazonaws.com" } },
  };
  assert.deepEqual(places(ask([two, one])), [
    "Statement[1] (One) Condition.StringEquals.issuer.example:sub",
    "Statement[0] (Two) Condition.StringEquals.issuer.example:sub",
    "Statement[0] (Two) Condition.StringEquals.issuer.example:aud",
  ]);
});

test("a Deny names the conditions that made it apply", () => {
  const verdict = ask([{}, { Sid: "Lost", Effect: "Deny", Condition: { StringEquals: { "issuer.example:sub": "laptop" } } }]);
  assert.deepEqual(places(verdict), ["Statement[1] (Lost)", "Statement[1] (Lost) Condition.StringEquals.issuer.example:sub"]);
});

test("an unknown verdict names all that was not decided", () => {
  const verdict = ask([
    { Condition: { StringEqual: { "issuer.example:sub": "laptop" }, IpAddress: { "aws:SourceIp": "10.0.0.0/8" } } },
    { Effect: "Deny", Condition: { Bool: { "acme:Trusted": "false" } } },
  ]);
  assert.equal(verdict.outcome, "unknown");
  assert.deepEqual(places(verdict), [
    "Statement[1] Condition.Bool.acme:Trusted",
    "Statement[0] Condition.StringEqual.issuer.example:sub",
    "Statement[0] Condition.IpAddress.aws:SourceIp",
  ]);
});

test("a claim that is no key is told so, with the claim's name", () => {
  const verdict = ask([{ Condition: { StringEquals: { "issuer.example:groups": "admins" } } }], { groups: ["admins"] });
  assert.equal(verdict.outcome, "refused");
  assert.match(findingsOf(verdict)[0]?.meaning ?? "", /AWS never sees this claim: groups/);
});

test("an allowance that rests on an absent key says so", () => {
  const verdict = ask([{ Condition: { "ForAllValues:StringEquals": { "issuer.example:amr": "hwk" } } }]);
  assert.equal(verdict.outcome, "allowed");
  assert.match(
    findingsOf(verdict)[0]?.meaning ?? "",
    /ForAllValues:StringEquals\.issuer\.example:amr holds because the key is absent/,
  );
});

for (const [name, operator, wanted, hint] of [
  ["case", "StringEquals", "Laptop", /upper and lower case/],
  ["a wildcard in StringEquals", "StringEquals", "lap*", /StringLike has wildcards/],
  ["a blank", "StringEquals", "laptop ", /spaces at an end/],
  ["a slash", "StringEquals", "laptop/", /slash at the end/],
  ["a scheme", "StringLike", "https://laptop", /https:\/\//],
  ["nothing people trip over", "StringEquals", "desk", /does not match "desk"$/],
] as const) {
  test(`what separates a value from the wanted one is told: ${name}`, () => {
    const verdict = ask([{ Condition: { [operator]: { "issuer.example:sub": wanted } } }]);
    assert.equal(verdict.outcome, "refused");
    assert.match(findingsOf(verdict)[0]?.meaning ?? "", hint);
  });
}
