import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { Agent } from "node:https";
import { after, before, test } from "node:test";
import { AssumeRoleWithWebIdentityCommand, GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { ROLE, startTestSandbox, type TestIssuer } from "./sandbox-issuer.ts";

let issuer: TestIssuer;
let ca: string;
before(async () => {
  issuer = await startTestSandbox();
  ca = readFileSync(issuer.sandbox.caFile, "utf8");
});
after(() => issuer.close());

function client(credentials?: { accessKeyId: string; secretAccessKey: string; sessionToken: string }): STSClient {
  return new STSClient({
    endpoint: issuer.sandbox.url,
    region: "eu-west-1",
    requestHandler: { httpsAgent: new Agent({ ca }) },
    maxAttempts: 1,
    ...(credentials === undefined ? {} : { credentials }),
  });
}

test("a token becomes keys, and the keys tell who they are", async () => {
  const WebIdentityToken = await issuer.token();
  const result = await client().send(
    new AssumeRoleWithWebIdentityCommand({ RoleArn: ROLE, RoleSessionName: "laptop", WebIdentityToken }),
  );
  const keys = result.Credentials;
  assert.ok(keys?.AccessKeyId && keys.SecretAccessKey && keys.SessionToken);
  assert.equal(keys.Expiration?.getTime(), (issuer.clock.seconds + 3600) * 1000);
  const caller = await client({
    accessKeyId: keys.AccessKeyId,
    secretAccessKey: keys.SecretAccessKey,
    sessionToken: keys.SessionToken,
  }).send(new GetCallerIdentityCommand({}));
  assert.equal(caller.Arn, "arn:aws:sts::123456789012:assumed-role/dev/laptop");
  assert.match(caller.UserId ?? "", /^AROA[A-Z2-7]{17}:laptop$/);
  assert.equal(caller.Account, "123456789012");
});
