import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { explainChain } from "./explain-chain.ts";
import { explainWebIdentity, type WebIdentityQuestion } from "./explain-web-identity.ts";

const ROLE = "arn:aws:iam::123456789012:role/dev";
const PROVIDER = "arn:aws:iam::123456789012:oidc-provider/id.example.com/laptop";
const QUESTION: WebIdentityQuestion = {
  roleArn: ROLE,
  claims: { iss: "https://id.example.com/laptop", aud: "sts.amazonaws.com", sub: "laptop-abc" },
  roleSessionName: "laptop-abc",
  durationSeconds: 3600,
  now: 1_800_000_000,
  surroundings: {},
};

type Statement = Readonly<Record<string, unknown>>;
const ALLOW: Statement = {
  Effect: "Allow",
  Principal: { Federated: PROVIDER },
  Action: "sts:AssumeRoleWithWebIdentity",
  Condition: { StringEquals: { "id.example.com/laptop:sub": "laptop-abc" } },
};

function explain(statements: readonly Statement[], question: WebIdentityQuestion = QUESTION) {
  const trustPolicy = JSON.stringify({ Version: "2012-10-17", Statement: statements });
  const role = { arn: ROLE, trustPolicy, maxSessionDuration: null };
  const providers = [{ url: question.claims.iss, clientIds: [question.claims.aud].flat() }];
  const refused = explainWebIdentity(question, { role, providers }).find(({ verdict }) => verdict.outcome === "refused");
  return refused ?? null;
}

describe("what mends a trust policy", () => {
  it("is asked for nothing that is not refused", () => assert.equal(explain([ALLOW]), null));

  it("names the Deny that applies, and what it tests", () => {
    const deny = { ...ALLOW, Sid: "NotHere", Effect: "Deny" };
    assert.deepEqual(explain([ALLOW, deny])?.mend, [
      "Statement[1] (NotHere) of the trust policy denies it: take it out, or change its Condition.StringEquals.id.example.com/laptop:sub",
    ]);
  });

  it("is one statement, the closest, and every line that it lacks", () => {
    const far = { ...ALLOW, Principal: { Federated: "accounts.google.com" } };
    const close = {
      ...ALLOW,
      Condition: { StringEquals: { "id.example.com/laptop:sub": "other", "sts:RoleSessionName": "other-session" } },
    };
    assert.deepEqual(explain([far, close])?.mend, [
      'in Statement[1]: "StringEquals": { "id.example.com/laptop:sub": "laptop-abc" }',
      'in Statement[1]: "StringEquals": { "sts:RoleSessionName": "laptop-abc" }',
      'or in the profile: "sessionName": "other-session"',
    ]);
  });

  it("is a whole statement where none allows anything", () => {
    const deny = { ...ALLOW, Effect: "Deny", Principal: { Federated: "accounts.google.com" } };
    assert.deepEqual(explain([deny])?.mend, [
      `add to the trust policy: ${JSON.stringify({ Effect: "Allow", Principal: { Federated: PROVIDER }, Action: "sts:AssumeRoleWithWebIdentity" })}`,
    ]);
  });

  it("a condition whose key the request never has is taken out", () => {
    const tagged = { ...ALLOW, Condition: { StringEquals: { "aws:RequestTag/team": "blue" } } };
    assert.deepEqual(explain([tagged])?.mend, [
      "in Statement[0]: take StringEquals aws:RequestTag/team out of Condition",
      'or in the profile: "tags": {"team":"blue"}',
    ]);
  });

  it("mends: with the value that was seen in its place, the same statement allows", () => {
    const keys = ["id.example.com/laptop:sub", "id.example.com/laptop:aud", "sts:RoleSessionName"];
    fc.assert(
      fc.property(fc.constantFrom(...keys), fc.stringMatching(/^[a-z]{1,12}$/), (key, value) => {
        const wrong = { ...ALLOW, Condition: { StringEquals: { [key]: value } } };
        const [line = ""] = explain([wrong])?.mend ?? [];
        const [, operator = "", condition = "{}"] = /^in Statement\[0\]: "(\w+)": (.*)$/.exec(line) ?? [];
        assert.equal(explain([{ ...ALLOW, Condition: { [operator]: JSON.parse(condition) } }]), null, line);
      }),
    );
  });

  it("of a chain names the role, and not one session of it", () => {
    const chain = {
      callerRoleArn: ROLE,
      callerSessionName: "laptop-abc",
      roleArn: "arn:aws:iam::210987654321:role/deploy",
      roleSessionName: "laptop-abc",
      tags: {},
      transitiveTags: [],
      sourceIdentity: null,
      now: QUESTION.now,
    };
    const statement = { Effect: "Allow", Principal: { AWS: "arn:aws:iam::123456789012:role/other" }, Action: "sts:AssumeRole" };
    const trustPolicy = JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
    const [trust, permissions] = explainChain(chain, { arn: chain.roleArn, trustPolicy, maxSessionDuration: null });
    assert.deepEqual(trust?.mend, [`in Statement[0]: "Principal": ${JSON.stringify({ AWS: ROLE })}`]);
    assert.equal(permissions?.verdict.outcome, "unknown");
  });
});
