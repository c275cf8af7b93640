import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { adminPolicy } from "./admin-policy.ts";
import type { Statement } from "./admin-rights.ts";
import type { TrustParameters } from "./trust-stack.ts";

const OWNER = "laptop-abcdefghij";
const PARAMETERS = { Owner: OWNER, IssuerPath: OWNER, PolicyArns: "arn:aws:iam::aws:policy/ReadOnlyAccess" };
const ELSEWHERE = { ...PARAMETERS, Hosting: "none", IssuerAddress: "id.example.com/laptop" };

function statementsFor(parameters: TrustParameters): readonly Statement[] {
  const place = { account: "123456789012", region: "us-east-1", stack: "Brevet-infra", owner: OWNER };
  return (adminPolicy({ place, partition: "aws", parameters }) as { readonly Statement: readonly Statement[] }).Statement;
}

/** The statements that allow an action. */
const allowing = (action: string, parameters: TrustParameters): readonly Statement[] =>
  statementsFor(parameters).filter(({ Action }) => Action.includes(action));

describe("the policy of an administrator", () => {
  it("is about the provider of that issuer, and about no other of the account", () => {
    const provider = (parameters: TrustParameters): unknown =>
      allowing("iam:DeleteOpenIDConnectProvider", parameters)[0]?.Resource;
    const arn = "arn:aws:iam::123456789012:oidc-provider";
    assert.deepEqual(provider(ELSEWHERE), [`${arn}/id.example.com/laptop`]);
    assert.deepEqual(provider(PARAMETERS), [`${arn}/*.cloudfront.net/${OWNER}`]);
    assert.deepEqual(provider({ ...PARAMETERS, Hosting: "s3" }), [`${arn}/brevet-infra-issuerbucket-*.s3.*/${OWNER}`]);
  });

  it("only looks at a provider that the account has already", () => {
    const there = { ...ELSEWHERE, CreateProvider: "no" };
    assert.deepEqual(
      statementsFor(there).filter(({ Action }) => Action.some((name) => name.includes("OpenIDConnectProvider"))),
      [
        {
          Sid: "Provider",
          Effect: "Allow",
          Action: ["iam:GetOpenIDConnectProvider"],
          Resource: ["arn:aws:iam::123456789012:oidc-provider/id.example.com/laptop"],
        },
      ],
    );
  });

  it("changes and deletes no distribution but the one that bears this device's tag", () => {
    for (const action of ["UpdateDistribution", "DeleteDistribution", "UntagResource", "CreateInvalidation"]) {
      const conditions = allowing(`cloudfront:${action}`, PARAMETERS).map(({ Condition }) => Condition);
      assert.deepEqual(conditions, [{ StringEquals: { "aws:ResourceTag/brevet:owner": [OWNER] } }], action);
    }
    const tagging = allowing("cloudfront:TagResource", PARAMETERS).map(({ Condition }) =>
      Object.keys(Condition?.["StringEquals"] ?? {}),
    );
    assert.deepEqual(tagging, [["aws:RequestTag/brevet:owner"], ["aws:ResourceTag/brevet:owner"]]);
  });
});
