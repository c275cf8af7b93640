import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { evaluateTrust } from "../trust/aws/evaluate.ts";
import { parseTrustPolicy } from "../trust/aws/policy.ts";
import { webIdentityContext } from "../trust/aws/web-identity-context.ts";
import { parseRoleArn } from "../wire/aws-sts/role-arn.ts";
import { awsRevocation, type RevokeAwsInput } from "./revoke-aws.ts";

const ROLE = parseRoleArn("arn:aws-us-gov:iam::123456789012:role/team/dev", "the role");
const PROVIDER = "arn:aws-us-gov:iam::123456789012:oidc-provider/id.example.com/fleet";
const NOW = 1_800_000_000;
const INPUT: RevokeAwsInput = {
  issuer: "https://id.example.com/fleet",
  subject: "lost-abc",
  shared: true,
  at: NOW,
  chained: false,
};

const ALLOW = {
  Effect: "Allow",
  Principal: { Federated: PROVIDER },
  Action: "sts:AssumeRoleWithWebIdentity",
  Condition: { StringEquals: { "id.example.com/fleet:aud": "sts.amazonaws.com" } },
};

function outcome(subject: string, statements: readonly object[]): string {
  const policy = parseTrustPolicy(JSON.stringify({ Version: "2012-10-17", Statement: statements }));
  const claims = { iss: INPUT.issuer, sub: subject, aud: "sts.amazonaws.com" };
  const context = webIdentityContext({ issuer: INPUT.issuer, claims, roleSessionName: subject, now: NOW });
  const principal = { kind: "federated", arn: PROVIDER } as const;
  return evaluateTrust(policy, { action: "sts:AssumeRoleWithWebIdentity", principal, resource: ROLE.text, context }).outcome;
}

describe("what ends a device at AWS", () => {
  it("on a shared issuer, is a statement that shuts out that subject and no other", () => {
    const { trust } = awsRevocation(ROLE, INPUT);
    assert.ok(trust.kind === "statement");
    assert.equal(outcome("lost-abc", [ALLOW]), "allowed");
    assert.equal(outcome("lost-abc", [ALLOW, trust.statement]), "refused");
    assert.equal(outcome("here-abc", [ALLOW, trust.statement]), "allowed");
  });

  it("where the subject is not known, shuts out everybody of that issuer", () => {
    const { trust } = awsRevocation(ROLE, { ...INPUT, subject: null });
    assert.ok(trust.kind === "statement");
    for (const subject of ["lost-abc", "here-abc"]) assert.equal(outcome(subject, [ALLOW, trust.statement]), "refused");
  });

  it("on an issuer of its own, is that AWS forgets the issuer", () => {
    const { trust } = awsRevocation(ROLE, { ...INPUT, shared: false });
    assert.ok(trust.kind === "provider");
    assert.ok(trust.command.endsWith(` ${PROVIDER}`));
  });

  it("where another role comes between, ends its sessions, and leaves its trust", () => {
    const { trust, sessions, account } = awsRevocation(ROLE, { ...INPUT, chained: true });
    assert.deepEqual([trust.kind, account], ["chain", "123456789012"]);
    assert.deepEqual(sessions, awsRevocation(ROLE, INPUT).sessions);
  });

  it("ends sessions by the time that they were issued, in the role's own policy", () => {
    const { sessions } = awsRevocation(ROLE, INPUT);
    const [, json = ""] = /--policy-document '(.*)'$/.exec(sessions.command) ?? [];
    assert.deepEqual(JSON.parse(json), sessions.policy);
    assert.ok(sessions.command.includes("--role-name dev "), "without the path, which IAM's calls do not take");
    assert.deepEqual(sessions.policy, {
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Deny",
          Action: "*",
          Resource: "*",
          Condition: { DateLessThan: { "aws:TokenIssueTime": "2027-01-15T08:00:00Z" } },
        },
      ],
    });
  });
});
