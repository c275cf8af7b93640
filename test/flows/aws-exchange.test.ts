import assert from "node:assert/strict";
import { test } from "node:test";
import type { AwsCredentials } from "../../src/core/credentials.ts";
import { Fault } from "../../src/core/fault.ts";
import { Secret } from "../../src/core/secret.ts";
import { scriptedServer, stsError, stsSuccess } from "./aws-exchange-servers.ts";
import { assertion, DATE, exchangeWith, faultOf, HINT_OF_NAME, NOW, ROLE, TOKEN } from "./aws-exchange-setting.ts";

test("an assertion is redeemed by one unsigned call", async (t) => {
  const sts = await scriptedServer(t, stsSuccess("AssumeRoleWithWebIdentity"));
  const { exchange, warnings } = exchangeWith({ options: { endpointUrl: sts.url } });
  const credentials = await exchange.redeem(assertion);
  assert.equal(credentials.kind, "aws");
  const { accessKeyId, secretAccessKey, sessionToken, ...rest } = credentials as AwsCredentials;
  assert.equal(accessKeyId, "ASIAEXAMPLE");
  assert.equal(secretAccessKey.reveal(), "visibly+fake/secret");
  assert.equal(sessionToken.reveal(), "visibly-fake-session-token");
  assert.deepEqual(rest, {
    kind: "aws",
    issuedAt: NOW,
    expiresAt: NOW + 3600,
    assumedRoleArn: "arn:aws:sts::123456789012:assumed-role/dev/laptop",
    region: "eu-west-1",
  });
  assert.deepEqual(warnings, []);
  assert.equal(sts.seen.length, 1);
  assert.deepEqual(Object.fromEntries(sts.seen[0]?.form ?? []), {
    Action: "AssumeRoleWithWebIdentity",
    Version: "2011-06-15",
    RoleArn: ROLE,
    RoleSessionName: "laptop-abcdefghij",
    DurationSeconds: "3600",
    WebIdentityToken: TOKEN,
  });
});

test("a name that is not known may be one that this machine is too much alone to look up", async () => {
  const { exchange } = exchangeWith({ options: { endpointUrl: "https://sts.brevet.invalid" } });
  const { code, hints } = await faultOf(exchange.redeem(assertion));
  assert.deepEqual([code, hints], ["NETWORK_UNREACHABLE", [HINT_OF_NAME]]);
});

test("the environment's own AWS keys never leave", async (t) => {
  const sts = await scriptedServer(t, stsSuccess("AssumeRoleWithWebIdentity"));
  const environment = {
    AWS_ACCESS_KEY_ID: "AKIAPLANTED",
    AWS_SECRET_ACCESS_KEY: "planted-secret-key",
    AWS_SESSION_TOKEN: "planted-session-token",
    AWS_SECURITY_TOKEN: "planted-security-token",
    AWS_CONTAINER_AUTHORIZATION_TOKEN: "planted-container-token",
    AWS_ENDPOINT_URL_STS: sts.url,
  };
  const { exchange } = exchangeWith({ environment });
  await exchange.redeem(assertion);
  const [request] = sts.seen;
  const everything = JSON.stringify([request?.url, request?.rawHeaders, request?.body]);
  assert.doesNotMatch(everything, /planted/i);
  assert.equal(request?.headers.authorization, undefined);
  assert.equal(request?.headers["x-amz-security-token"], undefined);
});

test("STS that does not answer within the deadline", async (t) => {
  const sts = await scriptedServer(t, () => {});
  // All but 200 ms of the deadline have passed when the first attempt begins.
  const { exchange } = exchangeWith({ options: { endpointUrl: sts.url }, elapsedMs: [0, 14_800] });
  assert.equal((await faultOf(exchange.redeem(assertion))).code, "NETWORK_TIMEOUT");
  // None, where connecting alone took longer.
  assert.ok(sts.seen.length <= 1);
});

test("no pause goes beyond the deadline: the last fault is raised instead", async (t) => {
  const sts = await scriptedServer(t, stsError(400, "Throttling", "Rate exceeded", DATE));
  const { exchange } = exchangeWith({ options: { endpointUrl: sts.url }, elapsedMs: [0, 0, 14_999] });
  assert.equal((await faultOf(exchange.redeem(assertion))).code, "EXCHANGE_UNAVAILABLE");
  assert.equal(sts.seen.length, 1);
});

test("session policies are sent as AWS reads them", async (t) => {
  const sts = await scriptedServer(t, stsSuccess("AssumeRoleWithWebIdentity"));
  const policy = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "s3:*", Resource: "*" }] };
  const policyArns = ["arn:aws:iam::123456789012:policy/one"];
  const options = { endpointUrl: sts.url, policy, policyArns, readOnly: true, duration: "12h", sessionName: "ann" };
  await exchangeWith({ options }).exchange.redeem(assertion);
  const form = Object.fromEntries(sts.seen[0]?.form ?? []);
  assert.equal(form["Policy"], JSON.stringify(policy));
  assert.equal(form["PolicyArns.member.1.arn"], "arn:aws:iam::123456789012:policy/one");
  assert.equal(form["PolicyArns.member.2.arn"], "arn:aws:iam::aws:policy/ReadOnlyAccess");
  assert.equal(form["DurationSeconds"], "43200");
  assert.equal(form["RoleSessionName"], "ann");
});

test("a short duration is warned of once", async (t) => {
  const sts = await scriptedServer(t, stsSuccess("AssumeRoleWithWebIdentity"));
  const short = exchangeWith({ options: { endpointUrl: sts.url, duration: "29m" } });
  await short.exchange.redeem(assertion);
  await short.exchange.redeem(assertion);
  assert.equal(short.warnings.length, 1);
  const enough = exchangeWith({ options: { endpointUrl: sts.url, duration: "30m" } });
  await enough.exchange.redeem(assertion);
  assert.deepEqual(enough.warnings, []);
});

test("the assertion is asked for one audience and one role, with tags and source identity as claims", () => {
  const algorithms = ["ES256", "RS256"];
  assert.deepEqual(exchangeWith({}).exchange.request(), {
    audience: "sts.amazonaws.com",
    audienceIsDefault: true,
    form: "jwt",
    algorithms,
    forRole: ROLE,
  });
  const options = { audience: "other", pinRole: false, tags: { team: "a" }, transitiveTags: ["team"], sourceIdentity: "ann" };
  assert.deepEqual(exchangeWith({ options }).exchange.request(), {
    audience: "other",
    form: "jwt",
    algorithms,
    tags: { principal: { team: "a" }, transitive: ["team"] },
    sourceIdentity: "ann",
  });
});

test("a region of another partition is refused before a key is touched and before anything is sent", async (t) => {
  const sts = await scriptedServer(t, stsSuccess("AssumeRoleWithWebIdentity"));
  const { exchange } = exchangeWith({ options: { endpointUrl: sts.url, region: "cn-north-1" } });
  assert.throws(
    () => exchange.request(),
    (error) => error instanceof Fault && error.code === "PARTITION_MISMATCH",
  );
  assert.equal((await faultOf(exchange.redeem(assertion))).code, "PARTITION_MISMATCH");
  assert.deepEqual(sts.seen, []);
  const environment = { AWS_DEFAULT_REGION: "cn-north-1" };
  const ambient = exchangeWith({ environment, options: { endpointUrl: sts.url, region: undefined } });
  assert.throws(() => ambient.exchange.request(), /cn-north-1, named by AWS_DEFAULT_REGION, belongs/);
});

test("credentials of another kind cannot be chained", async () => {
  const credentials = {
    kind: "bearer",
    token: new Secret("token", "x"),
    audience: "a",
    issuedAt: NOW,
    expiresAt: NOW + 60,
  } as const;
  const fault = await faultOf(exchangeWith({}).exchange.redeem({ kind: "credentials", credentials, profile: "other" }));
  assert.equal(fault.code, "CREDENTIALS_UNSUPPORTED");
});
