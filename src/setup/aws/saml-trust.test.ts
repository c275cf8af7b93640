import assert from "node:assert/strict";
import { test } from "node:test";
import { Fault } from "../../core/fault.ts";
import { type SamlTrust, samlTrustPolicy } from "./saml-trust.ts";

function recipientIn(partition: string): unknown {
  const trust: SamlTrust = {
    account: "123456789012",
    partition,
    region: "us-east-1",
    owner: "work@id.example",
    provider: "brevet",
    metadata: "<EntityDescriptor/>",
    role: "people",
    policyArns: [],
    permissionsBoundary: null,
    maxSessionSeconds: 3600,
    subjects: [],
    groups: [],
    tags: {},
  };
  const policy = samlTrustPolicy(trust, `arn:${partition}:iam::123456789012:saml-provider/brevet`);
  const { Statement: [statement] = [] } = policy as {
    readonly Statement: readonly { readonly Condition: { readonly StringEquals: Readonly<Record<string, unknown>> } }[];
  };
  return statement?.Condition.StringEquals["SAML:aud"];
}

for (const [partition, recipient] of [
  ["aws", "https://signin.aws.amazon.com/saml"],
  ["aws-cn", "https://signin.amazonaws.cn/saml"],
  ["aws-us-gov", "https://signin.amazonaws-us-gov.com/saml"],
  ["aws-eusc", "https://eusc-de-east-1.signin.amazonaws-eusc.eu/saml"],
] as const) {
  test(`a role in ${partition} takes assertions that were made for its sign-in`, () => {
    assert.equal(recipientIn(partition), recipient);
  });
}

test("a role is not made for the sign-in of another partition, where its own is not public", () => {
  assert.throws(
    () => recipientIn("aws-iso"),
    (error) => error instanceof Fault && error.code === "CREDENTIALS_UNSUPPORTED",
  );
});
