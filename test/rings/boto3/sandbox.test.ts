import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { addTrust } from "../../../src/sandbox/iam/add-trust.ts";
import { clientVariables } from "../../../src/sandbox/sandbox-folder.ts";
import { ROLE, startTestSandbox } from "../../flows/sandbox-issuer.ts";

test("boto3 trades, chains, presigns and is refused at the sandbox", async () => {
  const issuer = await startTestSandbox("RS256");
  const home = join(issuer.folder, "home");
  mkdirSync(home);
  const caller = { kind: "role", arn: ROLE } as const;
  const rest = { allowTags: false, allowSourceIdentity: false, mayAssume: [] };
  const { roleArn } = addTrust(issuer.folder, { accountId: "123456789012", role: "second", caller, ...rest });
  const running = { url: issuer.sandbox.url, caFile: issuer.sandbox.caFile, region: "eu-west-1", resolve: [] };
  const child = spawn("python3", [fileURLToPath(new URL("call_sandbox.py", import.meta.url))], {
    env: { ...clientVariables(running), HOME: home, PATH: process.env["PATH"] ?? "", AWS_EC2_METADATA_DISABLED: "true" },
    stdio: ["pipe", "pipe", "inherit"],
  });
  child.stdin.end(
    JSON.stringify({ role: ROLE, second: roleArn, token: await issuer.token(), wrong: await issuer.token({ aud: "wrong" }) }),
  );
  const [output] = await Promise.all([text(child.stdout), once(child, "exit")]);
  await issuer.close();
  assert.deepEqual(JSON.parse(output), {
    first: "arn:aws:sts::123456789012:assumed-role/dev/boto",
    second: "arn:aws:sts::123456789012:assumed-role/second/chained",
    presigned: true,
    expiresIsAware: true,
    refused: "InvalidIdentityToken",
    tooLong: "ValidationError",
  });
});
