import assert from "node:assert/strict";
import { test } from "node:test";
import { Fault } from "../../core/fault.ts";
import { parseTrustPolicy } from "./policy.ts";

const FEDERATED = '"Principal":{"Federated":"accounts.google.com"}';

function faultOf(text: string): Fault {
  try {
    parseTrustPolicy(text);
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
  assert.fail("it parses");
}

test("a policy is read into its statements", () => {
  const policy = parseTrustPolicy(
    `{"Statement":{"Sid":"A","Effect":"Allow",${FEDERATED},"Action":"sts:*","Condition":{"Bool":{"aws:SecureTransport":true}}}}`,
  );
  assert.deepEqual(policy, {
    version: "2008-10-17",
    unknownElements: [],
    statements: [
      {
        index: 0,
        sid: "A",
        effect: "Allow",
        principal: { kind: "listed", entries: [{ type: "Federated", value: "accounts.google.com" }] },
        actionElement: "Action",
        actions: ["sts:*"],
        conditions: [{ operator: "Bool", key: "aws:SecureTransport", values: ["true"] }],
        unknownElements: [],
      },
    ],
  });
});

test("a block that is there twice is refused, since one of the two would be lost", () => {
  const twice = `{"StringEquals":{"accounts.google.com:sub":"1"},"StringEquals":{"accounts.google.com:aud":"2"}}`;
  const fault = faultOf(`{"Statement":[{"Effect":"Allow",${FEDERATED},"Action":"sts:*","Condition":${twice}}]}`);
  assert.equal(fault.code, "POLICY_INVALID");
  assert.equal(fault.details["element"], "StringEquals");
});

test("IAM's highest quota counts characters other than white space", () => {
  const policy = (sub: string): string =>
    `{"Statement":[{"Effect":"Allow",${FEDERATED},"Action":"sts:*","Condition":{"StringEquals":{"accounts.google.com:sub":"${sub}"}}}]}`;
  const room = 8192 - policy("").length;
  assert.equal(parseTrustPolicy(policy("x".repeat(room))).statements.length, 1);
  assert.equal(parseTrustPolicy(policy(`${"x".repeat(room)}${" ".repeat(1000)}`)).statements.length, 1);
  assert.equal(faultOf(policy("x".repeat(room + 1))).code, "POLICY_INVALID");
  assert.equal(faultOf(policy(" ".repeat(131_073))).code, "POLICY_INVALID");
});

for (const text of ["", "{", "null", "7", '"Allow"', "{}", "\uFEFF{}", "{'Statement':[]}"]) {
  test(`${JSON.stringify(text)} is no policy`, () => assert.equal(faultOf(text).code, "POLICY_INVALID"));
}
