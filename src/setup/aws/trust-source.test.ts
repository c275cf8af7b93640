import assert from "node:assert/strict";
import { it } from "node:test";
import { Fault } from "../../core/fault.ts";
import type { AwsAccount } from "./account.ts";
import { accountTrust } from "./trust-source.ts";

const ROLE = "arn:aws:iam::123456789012:role/team/dev";
const ACCOUNT: AwsAccount = {
  caller: async () => ({ accountId: "123456789012", partition: "aws", arn: "arn:aws:iam::123456789012:user/admin" }),
  provider: async (issuer) => (issuer === "https://id.example.com/laptop" ? { arn: "arn", audiences: ["a"] } : null),
  hasPolicy: async () => false,
  enableOutboundFederation: async () => assert.fail("nothing is changed by looking"),
  role: async (name) => (name === "dev" ? { arn: ROLE, trustPolicy: "{}", maxSessionSeconds: 7200, tags: {} } : null),
};

it("reads roles by the name without their path, and the provider of one issuer", async () => {
  const source = accountTrust(ACCOUNT);
  assert.deepEqual(await source.role(ROLE), { arn: ROLE, trustPolicy: "{}", maxSessionDuration: 7200 });
  assert.equal(await source.role("arn:aws:iam::123456789012:role/other"), null);
  const provider = { url: "https://id.example.com/laptop", clientIds: ["a"] };
  assert.deepEqual(await source.providers("123456789012", provider.url), [provider]);
  assert.deepEqual(await source.providers("123456789012", `${provider.url}/`), []);
});

it("takes no role of this account for one of another", async () => {
  const source = accountTrust(ACCOUNT);
  const mismatch = (cause: unknown): boolean => cause instanceof Fault && cause.code === "ACCOUNT_MISMATCH";
  await assert.rejects(source.role("arn:aws:iam::210987654321:role/dev"), mismatch);
  await assert.rejects(source.providers("210987654321", "https://id.example.com/laptop"), mismatch);
});
