import assert from "node:assert/strict";
import { test } from "node:test";
import { assumeRoleContext } from "./assume-role-context.ts";

const call = { callerArn: "arn:aws:sts::123456789012:assumed-role/dev/laptop", roleSessionName: "laptop", now: 1_772_627_400 };

test("a session's call gives exactly these keys", () => {
  assert.deepEqual(Object.fromEntries(assumeRoleContext({ ...call, callerRoleArn: "arn:aws:iam::123456789012:role/team/dev" })), {
    "aws:principalaccount": ["123456789012"],
    "aws:principaltype": ["AssumedRole"],
    "aws:principalarn": ["arn:aws:iam::123456789012:role/team/dev"],
    "aws:principalisawsservice": ["false"],
    "sts:rolesessionname": ["laptop"],
    "aws:currenttime": ["2026-03-04T12:30:00Z"],
    "aws:epochtime": ["1772627400"],
    "aws:securetransport": ["true"],
  });
});

test("without the role's ARN nothing is said of it: a session's ARN lacks the path", () => {
  assert.equal(assumeRoleContext(call).has("aws:principalarn"), false);
});

test("a user has a name", () => {
  const context = assumeRoleContext({ ...call, callerArn: "arn:aws:iam::123456789012:user/team/ada" });
  assert.deepEqual(context.get("aws:username"), ["ada"]);
  assert.deepEqual(context.get("aws:principalarn"), ["arn:aws:iam::123456789012:user/team/ada"]);
  assert.deepEqual(context.get("aws:principaltype"), ["User"]);
});

test("what the call passes gives keys", () => {
  const tags = { principal: { Team: "core" }, transitive: ["Team"] };
  const context = assumeRoleContext({ ...call, externalId: "Example987", tags, sourceIdentity: "ada" });
  assert.deepEqual(context.get("sts:externalid"), ["Example987"]);
  assert.deepEqual(context.get("aws:requesttag/team"), ["core"]);
  assert.deepEqual(context.get("sts:transitivetagkeys"), ["Team"]);
  assert.deepEqual(context.get("sts:sourceidentity"), ["ada"]);
});
