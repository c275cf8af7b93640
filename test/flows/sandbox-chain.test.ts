import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { Agent } from "node:https";
import { join } from "node:path";
import { after, before, beforeEach, test } from "node:test";
import {
  AssumeRoleCommand,
  type AssumeRoleCommandInput,
  AssumeRoleWithWebIdentityCommand,
  type AssumeRoleWithWebIdentityCommandInput,
  type Credentials,
  GetCallerIdentityCommand,
  STSClient,
} from "@aws-sdk/client-sts";
import { addTrust } from "../../src/sandbox/iam/add-trust.ts";
import { ROLE, startTestSandbox, type TestIssuer } from "./sandbox-issuer.ts";

/** Role chaining with the AWS SDK, whose signer is not the one that the sandbox verifies with alone. */
const DEPLOY = "arn:aws:iam::123456789012:role/deploy";
const FOREIGN = "arn:aws:iam::210987654321:role/foreign";
const TAGS = "https://aws.amazon.com/tags";

let issuer: TestIssuer;
let ca: string;
let keys: Credentials;

before(async () => {
  issuer = await startTestSandbox();
  ca = readFileSync(issuer.sandbox.caFile, "utf8");
});
after(() => issuer.close());
beforeEach(async () => {
  role("dev", devTrust(["sts:AssumeRoleWithWebIdentity", "sts:TagSession", "sts:SetSourceIdentity"]));
  role("deploy", { arn: DEPLOY, trustPolicy: trusting({ AWS: ROLE }, ["sts:AssumeRole"]) });
  role("foreign", { arn: FOREIGN, trustPolicy: trusting({ AWS: ROLE }, ["sts:AssumeRole"]) });
  keys = await login();
});

function role(name: string, value: unknown): void {
  writeFileSync(join(issuer.folder, "iam", "roles", `${name}.json`), JSON.stringify(value));
}

function trusting(Principal: unknown, Action: readonly string[], Condition?: unknown): unknown {
  return {
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal, Action, ...(Condition === undefined ? {} : { Condition }) }],
  };
}

function devTrust(actions: readonly string[], permissions?: unknown): unknown {
  const provider = "arn:aws:iam::123456789012:oidc-provider/issuer.example/laptop-7f3a";
  return {
    arn: ROLE,
    trustPolicy: trusting({ Federated: provider }, actions),
    ...(permissions === undefined ? {} : { permissions }),
  };
}

function permission(Effect: string, Resource: unknown, Action: unknown = "sts:AssumeRole", Condition?: unknown): unknown {
  return { Version: "2012-10-17", Statement: [{ Effect, Action, Resource, ...(Condition === undefined ? {} : { Condition }) }] };
}

function client(credentials?: Credentials): STSClient {
  return new STSClient({
    endpoint: issuer.sandbox.url,
    region: "eu-central-1",
    requestHandler: { httpsAgent: new Agent({ ca }) },
    maxAttempts: 1,
    ...(credentials === undefined
      ? {}
      : {
          credentials: {
            accessKeyId: credentials.AccessKeyId ?? "",
            secretAccessKey: credentials.SecretAccessKey ?? "",
            sessionToken: credentials.SessionToken ?? "",
          },
        }),
  });
}

async function login(
  claims: Readonly<Record<string, unknown>> = {},
  more: Partial<AssumeRoleWithWebIdentityCommandInput> = {},
): Promise<Credentials> {
  const WebIdentityToken = await issuer.token(claims);
  const result = await client().send(
    new AssumeRoleWithWebIdentityCommand({ RoleArn: ROLE, RoleSessionName: "laptop", WebIdentityToken, ...more }),
  );
  assert.ok(result.Credentials);
  return result.Credentials;
}

function chain(credentials: Credentials, changes: Partial<AssumeRoleCommandInput> = {}) {
  return client(credentials).send(new AssumeRoleCommand({ RoleArn: DEPLOY, RoleSessionName: "chained", ...changes }));
}

const refusedWith = (code: string, words?: RegExp) => (error: unknown) => {
  assert.ok(error instanceof Error);
  assert.equal(error.name, code, error.message);
  if (words !== undefined) assert.match(error.message, words);
  return true;
};

test("a role that names the caller's role is assumed within the account without a permission", async () => {
  const result = await chain(keys);
  assert.equal(result.AssumedRoleUser?.Arn, "arn:aws:sts::123456789012:assumed-role/deploy/chained");
  assert.equal(result.Credentials?.Expiration?.getTime(), (issuer.clock.seconds + 3600) * 1000);
  assert.ok(result.Credentials);
  const caller = await client(result.Credentials).send(new GetCallerIdentityCommand({}));
  assert.equal(caller.Arn, "arn:aws:sts::123456789012:assumed-role/deploy/chained");
});

test("a deny in the caller's permissions still counts", async () => {
  role("dev", devTrust(["sts:AssumeRoleWithWebIdentity"], permission("Deny", "*")));
  await assert.rejects(
    chain(keys),
    refusedWith(
      "AccessDenied",
      /is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::123456789012:role\/deploy/,
    ),
  );
});

test("a role that trusts the account leaves it to the caller's permissions", async () => {
  role("deploy", { arn: DEPLOY, trustPolicy: trusting({ AWS: "arn:aws:iam::123456789012:root" }, ["sts:AssumeRole"]) });
  await assert.rejects(chain(keys), refusedWith("AccessDenied"));
  role("dev", devTrust(["sts:AssumeRoleWithWebIdentity"], permission("Allow", "arn:aws:iam::123456789012:role/dep*")));
  await chain(keys);
  role("dev", devTrust(["sts:AssumeRoleWithWebIdentity"], permission("Allow", "arn:aws:iam::123456789012:role/other")));
  await assert.rejects(chain(keys), refusedWith("AccessDenied"));
  role("dev", devTrust(["sts:AssumeRoleWithWebIdentity"], permission("Allow", "*", "s3:*")));
  await assert.rejects(chain(keys), refusedWith("AccessDenied"));
});

test("another account needs both sides", async () => {
  await assert.rejects(chain(keys, { RoleArn: FOREIGN }), refusedWith("AccessDenied"));
  role("dev", devTrust(["sts:AssumeRoleWithWebIdentity"], permission("Allow", FOREIGN)));
  const result = await chain(keys, { RoleArn: FOREIGN });
  assert.equal(result.AssumedRoleUser?.Arn, "arn:aws:sts::210987654321:assumed-role/foreign/chained");
});

const SESSION = "arn:aws:sts::123456789012:assumed-role/dev/laptop";

test("a session's policies narrow what the session may assume, unless the role names that very session", async () => {
  const readOnly = await login({}, { Policy: JSON.stringify(permission("Allow", "*", "s3:Get*")) });
  const allowed = await login({}, { Policy: JSON.stringify(permission("Allow", DEPLOY)) });
  const managed = await login({}, { PolicyArns: [{ arn: "arn:aws:iam::aws:policy/ReadOnlyAccess" }] });
  await assert.rejects(chain(readOnly), refusedWith("AccessDenied"));
  await chain(allowed);
  await assert.rejects(chain(managed), refusedWith("AccessDenied"));
  assert.ok(JSON.stringify(issuer.records.at(-1)?.findings).includes("policy/ReadOnlyAccess"));
  role("deploy", { arn: DEPLOY, trustPolicy: trusting({ AWS: SESSION }, ["sts:AssumeRole"]) });
  await chain(readOnly);
  const denied = await login({}, { Policy: JSON.stringify(permission("Deny", "*")) });
  await assert.rejects(chain(denied), refusedWith("AccessDenied"));
});

test("a name that comes with an unmet condition grants nothing: the account's grant then needs a permission", async () => {
  const named = {
    Effect: "Allow",
    Principal: { AWS: ROLE },
    Action: "sts:AssumeRole",
    Condition: { StringEquals: { "sts:ExternalId": "xx" } },
  };
  const account = { Effect: "Allow", Principal: { AWS: "123456789012" }, Action: "sts:AssumeRole" };
  role("deploy", { arn: DEPLOY, trustPolicy: { Version: "2012-10-17", Statement: [named, account] } });
  await assert.rejects(chain(keys), refusedWith("AccessDenied"));
  await chain(keys, { ExternalId: "xx" });
  role("dev", devTrust(["sts:AssumeRoleWithWebIdentity"], permission("Allow", DEPLOY)));
  await chain(keys);
});

test("NotAction, NotResource and conditions of the permissions are judged too", async () => {
  role("deploy", { arn: DEPLOY, trustPolicy: trusting({ AWS: "123456789012" }, ["sts:AssumeRole"]) });
  const dev = (statement: object) =>
    role(
      "dev",
      devTrust(["sts:AssumeRoleWithWebIdentity"], {
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Resource: "*", ...statement }],
      }),
    );
  dev({ Action: undefined, NotAction: "iam:*" });
  await chain(keys);
  dev({ Action: undefined, NotAction: "sts:Assume*" });
  await assert.rejects(chain(keys), refusedWith("AccessDenied"));
  dev({ Resource: undefined, NotResource: FOREIGN });
  await chain(keys);
  dev({ Resource: undefined, NotResource: [FOREIGN, DEPLOY] });
  await assert.rejects(chain(keys), refusedWith("AccessDenied"));
  dev({ Condition: { StringEquals: { "sts:RoleSessionName": "other" } } });
  await assert.rejects(chain(keys), refusedWith("AccessDenied"));
  dev({ Condition: { StringLike: { "sts:RoleSessionName": "chain*" } } });
  await chain(keys);
  dev({ Resource: "arn:aws:iam::123456789012:role/\u0024{aws:username}" });
  await assert.rejects(chain(keys), refusedWith("SandboxInvalid"));
});

test("a role that does not trust the caller is refused", async () => {
  role("deploy", { arn: DEPLOY, trustPolicy: trusting({ AWS: "arn:aws:iam::123456789012:role/other" }, ["sts:AssumeRole"]) });
  await assert.rejects(chain(keys), refusedWith("AccessDenied"));
  await assert.rejects(chain(keys, { RoleArn: `${DEPLOY}x` }), refusedWith("AccessDenied"));
  // Its own permission does not help a caller whom the role does not trust, in its account or in another.
  role("dev", devTrust(["sts:AssumeRoleWithWebIdentity"], permission("Allow", "*", "sts:*")));
  await assert.rejects(chain(keys), refusedWith("AccessDenied"));
  role("foreign", { arn: FOREIGN, trustPolicy: trusting({ AWS: "arn:aws:iam::210987654321:root" }, ["sts:AssumeRole"]) });
  await assert.rejects(chain(keys, { RoleArn: FOREIGN }), refusedWith("AccessDenied"));
});

test("the external id of the trust policy is asked for", async () => {
  role("deploy", {
    arn: DEPLOY,
    trustPolicy: trusting({ AWS: ROLE }, ["sts:AssumeRole"], { StringEquals: { "sts:ExternalId": "ours" } }),
  });
  await assert.rejects(chain(keys), refusedWith("AccessDenied"));
  await assert.rejects(chain(keys, { ExternalId: "theirs" }), refusedWith("AccessDenied"));
  await chain(keys, { ExternalId: "ours" });
});

test("a chained session ends after an hour at most, whatever the role allows", async () => {
  role("deploy", { arn: DEPLOY, maxSessionDuration: 43_200, trustPolicy: trusting({ AWS: ROLE }, ["sts:AssumeRole"]) });
  await assert.rejects(
    chain(keys, { DurationSeconds: 3601 }),
    refusedWith("ValidationError", /1 hour session limit for roles assumed by role chaining/),
  );
  const result = await chain(keys, { DurationSeconds: 900 });
  assert.equal(result.Credentials?.Expiration?.getTime(), (issuer.clock.seconds + 900) * 1000);
});

test("transitive tags and the source identity go along, and the next role has to allow it", async () => {
  const tagged = await login({
    [TAGS]: { principal_tags: { Team: ["platform"], Cost: ["7"] }, transitive_tag_keys: ["Team"] },
    "https://aws.amazon.com/source_identity": "jo",
  });
  await assert.rejects(chain(tagged), refusedWith("AccessDenied", /sts:TagSession/));
  role("deploy", { arn: DEPLOY, trustPolicy: trusting({ AWS: ROLE }, ["sts:AssumeRole", "sts:TagSession"]) });
  await assert.rejects(chain(tagged), refusedWith("AccessDenied", /sts:SetSourceIdentity/));
  const all = ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"];
  const conditions = {
    StringEquals: { "aws:PrincipalTag/Cost": "7", "aws:RequestTag/Team": "platform", "sts:SourceIdentity": "jo" },
    "ForAllValues:StringEquals": { "aws:TagKeys": ["Team"] },
  };
  role("deploy", { arn: DEPLOY, trustPolicy: trusting({ AWS: ROLE }, all, conditions) });
  const result = await chain(tagged);
  assert.equal(result.SourceIdentity, "jo");
  assert.ok((result.PackedPolicySize ?? 0) > 0);
  await assert.rejects(chain(tagged, { SourceIdentity: "somebody" }), refusedWith("AccessDenied"));
  await assert.rejects(chain(tagged, { Tags: [{ Key: "team", Value: "other" }] }), refusedWith("ValidationError"));
});

test("tags of the request are held to their rules", async () => {
  role("deploy", { arn: DEPLOY, trustPolicy: trusting({ AWS: ROLE }, ["sts:AssumeRole", "sts:TagSession"]) });
  await chain(keys, { Tags: [{ Key: "Team", Value: "platform" }], TransitiveTagKeys: ["Team"] });
  await assert.rejects(chain(keys, { Tags: [{ Key: "aws:x", Value: "1" }] }), refusedWith("ValidationError"));
  await assert.rejects(chain(keys, { Tags: [{ Key: "k".repeat(129), Value: "1" }] }), refusedWith("ValidationError"));
  await assert.rejects(chain(keys, { Tags: [{ Key: "k", Value: "1".repeat(257) }] }), refusedWith("ValidationError"));
  await assert.rejects(chain(keys, { TransitiveTagKeys: ["Team"] }), refusedWith("ValidationError"));
  const many = Array.from({ length: 51 }, (_, index) => ({ Key: `k${index}`, Value: "" }));
  await assert.rejects(chain(keys, { Tags: many }), refusedWith("ValidationError"));
});

test("a policy and tags that are too large together are refused with their size", async () => {
  const noise = Array.from({ length: 40 }, (_, index) => ({
    Key: `k${index}`,
    Value: Buffer.from(String(Math.sin(index))).toString("base64"),
  }));
  role("deploy", { arn: DEPLOY, trustPolicy: trusting({ AWS: ROLE }, ["sts:AssumeRole", "sts:TagSession"]) });
  await assert.rejects(
    chain(keys, { Tags: noise }),
    refusedWith("PackedPolicyTooLargeException", /consumes \d{3,}% of allotted space/),
  );
});

test("keys end when they end", async () => {
  issuer.clock.seconds += 3600;
  try {
    const shifted = new STSClient({
      endpoint: issuer.sandbox.url,
      region: "us-east-1",
      requestHandler: { httpsAgent: new Agent({ ca }) },
      maxAttempts: 1,
      systemClockOffset: 3_600_000,
      credentials: {
        accessKeyId: keys.AccessKeyId ?? "",
        secretAccessKey: keys.SecretAccessKey ?? "",
        sessionToken: keys.SessionToken ?? "",
      },
    });
    await assert.rejects(shifted.send(new GetCallerIdentityCommand({})), refusedWith("ExpiredToken"));
  } finally {
    issuer.clock.seconds -= 3600;
  }
});

test("a second factor of a session is refused", async () => {
  const device = { SerialNumber: "arn:aws:iam::123456789012:mfa/jo", TokenCode: "123456" };
  await assert.rejects(chain(keys, device), refusedWith("AccessDenied"));
});

test("addTrust writes a chain that works", async () => {
  const role = "arn:aws:iam::123456789012:role/second";
  addTrust(issuer.folder, {
    accountId: "123456789012",
    role: "second",
    caller: { kind: "role", arn: ROLE },
    allowTags: false,
    allowSourceIdentity: false,
    mayAssume: [],
  });
  const result = await chain(keys, { RoleArn: role });
  assert.equal(result.AssumedRoleUser?.Arn, "arn:aws:sts::123456789012:assumed-role/second/chained");
});
