import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { permissionVerdict } from "../src/trust/aws/caller-permission.ts";

const GUIDE = readFileSync(join(import.meta.dirname, "../docs/guides/login-server-recovery.md"), "utf8");

test("the policy that the guide shows takes from one person what a role gives everybody", () => {
  const [, policy = ""] = /### End the AWS sessions of one person\n[\s\S]*?```json\n([\s\S]*?)```/.exec(GUIDE) ?? [];
  const { Statement: denial } = JSON.parse(policy) as { Statement: readonly object[] };
  const everything = { Effect: "Allow", Action: "*", Resource: "*" };
  const role = JSON.stringify({ Version: "2012-10-17", Statement: [everything, ...denial] });
  const outcomeFor = (sourceIdentity: string): string =>
    permissionVerdict(
      { policy: role, label: "developer" },
      {
        action: "sts:AssumeRole",
        principal: { kind: "aws", arn: "arn:aws:iam::123456789012:role/developer" },
        resource: "arn:aws:iam::123456789012:role/next",
        context: new Map([["aws:sourceidentity", [sourceIdentity]]]),
      },
      "nothing",
    ).outcome;
  assert.equal(outcomeFor("bob@example.com"), "allowed");
  assert.equal(outcomeFor("alice@example.com"), "refused");
});
