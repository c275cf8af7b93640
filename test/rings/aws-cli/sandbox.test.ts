import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { addTrust } from "../../../src/sandbox/iam/add-trust.ts";
import { clientVariables } from "../../../src/sandbox/sandbox-folder.ts";
import { ROLE, startTestSandbox, type TestIssuer } from "../../flows/sandbox-issuer.ts";

/** The real `aws` command against the sandbox, with nothing set but what `brevet sandbox env` prints. */
const run = promisify(execFile);
let issuer: TestIssuer;
let variables: Record<string, string>;

before(async () => {
  issuer = await startTestSandbox();
  const home = join(issuer.folder, "home");
  mkdirSync(home);
  const running = { url: issuer.sandbox.url, caFile: issuer.sandbox.caFile, region: "eu-west-1", resolve: [] };
  variables = { ...clientVariables(running), HOME: home, PATH: process.env["PATH"] ?? "", AWS_EC2_METADATA_DISABLED: "true" };
});
after(() => issuer.close());

async function aws(words: readonly string[], more: Readonly<Record<string, string>> = {}): Promise<Record<string, unknown>> {
  const { stdout } = await run("aws", ["sts", ...words, "--output", "json"], { env: { ...variables, ...more } });
  return JSON.parse(stdout) as Record<string, unknown>;
}

/** What the command prints when AWS refuses: `An error occurred (Code) …`. */
async function refusal(words: readonly string[], more: Readonly<Record<string, string>> = {}): Promise<string> {
  try {
    await aws(words, more);
  } catch (error) {
    return /An error occurred \((\w+)\)/.exec(String((error as { stderr?: string }).stderr))?.[1] ?? String(error);
  }
  return "nothing was refused";
}

function keyVariables(result: Readonly<Record<string, unknown>>): Record<string, string> {
  const keys = result["Credentials"] as Readonly<Record<string, string>>;
  return {
    AWS_ACCESS_KEY_ID: keys["AccessKeyId"] ?? "",
    AWS_SECRET_ACCESS_KEY: keys["SecretAccessKey"] ?? "",
    AWS_SESSION_TOKEN: keys["SessionToken"] ?? "",
  };
}

test("aws trades a token for keys, tells who it is and chains", async () => {
  const token = await issuer.token();
  const words = [
    "assume-role-with-web-identity",
    "--role-arn",
    ROLE,
    "--role-session-name",
    "laptop",
    "--web-identity-token",
    token,
  ];
  const result = await aws(words);
  assert.equal(result["Provider"], "arn:aws:iam::123456789012:oidc-provider/issuer.example/laptop-7f3a");
  assert.equal(result["Audience"], "sts.amazonaws.com");
  const caller = await aws(["get-caller-identity"], keyVariables(result));
  assert.equal(caller["Arn"], "arn:aws:sts::123456789012:assumed-role/dev/laptop");
  const { roleArn } = addTrust(issuer.folder, {
    accountId: "123456789012",
    role: "deploy",
    caller: { kind: "role", arn: ROLE },
    allowTags: false,
    allowSourceIdentity: false,
    mayAssume: [],
  });
  const chained = await aws(["assume-role", "--role-arn", roleArn, "--role-session-name", "second"], keyVariables(result));
  const second = await aws(["get-caller-identity"], keyVariables(chained));
  assert.equal(second["Arn"], "arn:aws:sts::123456789012:assumed-role/deploy/second");
});

test("a profile with a token file works, as in a Kubernetes pod", async () => {
  const file = join(issuer.folder, "token");
  writeFileSync(file, await issuer.token());
  const caller = await aws(["get-caller-identity"], {
    AWS_ROLE_ARN: ROLE,
    AWS_WEB_IDENTITY_TOKEN_FILE: file,
    AWS_ROLE_SESSION_NAME: "pod",
  });
  assert.equal(caller["Arn"], "arn:aws:sts::123456789012:assumed-role/dev/pod");
});

test("aws shows the codes of refusals", async () => {
  const assume = async (claims: Readonly<Record<string, unknown>>) => {
    const token = await issuer.token(claims);
    return refusal([
      "assume-role-with-web-identity",
      "--role-arn",
      ROLE,
      "--role-session-name",
      "laptop",
      "--web-identity-token",
      token,
    ]);
  };
  assert.equal(await assume({ aud: "wrong" }), "InvalidIdentityToken");
  assert.equal(await assume({ sub: "wrong-subject" }), "AccessDenied");
  assert.equal(await assume({ exp: 1_700_000_000 }), "ExpiredTokenException");
  const unknown = { AWS_ACCESS_KEY_ID: "AKIAAAAAAAAAAAAAAAAA", AWS_SECRET_ACCESS_KEY: "x" };
  assert.equal(await refusal(["get-caller-identity"], unknown), "InvalidClientTokenId");
});
