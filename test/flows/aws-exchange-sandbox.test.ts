import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { Agent } from "node:https";
import { after, before, test } from "node:test";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import type { AwsCredentials } from "../../src/core/credentials.ts";
import type { Proof } from "../../src/core/exchange.ts";
import { Fault } from "../../src/core/fault.ts";
import type { FaultCode } from "../../src/core/fault-codes.ts";
import { placeIn } from "../../src/core/place.ts";
import { Secret } from "../../src/core/secret.ts";
import type { Clock } from "../../src/core/time.ts";
import { awsExchange } from "../../src/exchanges/aws/aws-exchange.ts";
import { getCallerIdentity } from "../../src/exchanges/aws/get-caller-identity.ts";
import { type AwsOptions, parseAwsOptions } from "../../src/exchanges/aws/options.ts";
import { createHttp } from "../../src/platform/http/create-http.ts";
import { systemTempo } from "../../src/platform/tempo.ts";
import type { CannedAnswer } from "../../src/sandbox/canned-answers.ts";
import { addTrust } from "../../src/sandbox/iam/add-trust.ts";
import { AUDIENCE, ROLE, SUBJECT, startTestSandbox, type TestIssuer } from "./sandbox-issuer.ts";

/** The exchange over TLS against the sandbox, which verifies everything that AWS verifies. */

const DEPLOY = "arn:aws:iam::210987654321:role/deploy";

let issuer: TestIssuer;
let environment: Readonly<Record<string, string>>;
before(async () => {
  issuer = await startTestSandbox();
  environment = { AWS_ENDPOINT_URL_STS: issuer.sandbox.url, AWS_CA_BUNDLE: issuer.sandbox.caFile };
  const trust = { accountId: "210987654321", role: "deploy", caller: { kind: "role", arn: ROLE } } as const;
  addTrust(issuer.folder, { ...trust, allowTags: true, allowSourceIdentity: true, mayAssume: [] });
  const device = { kind: "issuer", issuer: "https://issuer.example/laptop-7f3a", subject: SUBJECT, audience: AUDIENCE } as const;
  const dev = { accountId: "123456789012", role: "dev", caller: device, allowTags: false, allowSourceIdentity: false };
  addTrust(issuer.folder, { ...dev, mayAssume: [DEPLOY] });
});
after(() => issuer.close());

/** Our clock, `aheadSeconds` before the sandbox's. */
function clockAhead(aheadSeconds: number): Clock {
  return { now: () => issuer.clock.seconds + aheadSeconds, offsetSeconds: 0, learn: () => assert.fail("not the exchange's") };
}

function exchangeFor(options: AwsOptions, clock = clockAhead(0)) {
  const pause = async (): Promise<void> => {};
  const http = createHttp({ environment });
  const warn = (line: string): void => assert.fail(line);
  return awsExchange({ options, http, clock, environment, warn, subject: SUBJECT, tempo: { ...systemTempo, pause } });
}

async function proof(claims: Readonly<Record<string, unknown>> = {}): Promise<Proof> {
  const value = Promise.resolve(new Secret("assertion", await issuer.token(claims)));
  const assertion = { form: "jwt", value, audience: AUDIENCE, expiresAt: issuer.clock.seconds + 300 } as const;
  return { kind: "assertion", assertion, identity: "laptop" };
}

async function awsCredentials(options: AwsOptions, given: Proof): Promise<AwsCredentials> {
  const credentials = await exchangeFor(options).redeem(given);
  assert.equal(credentials.kind, "aws");
  return credentials as AwsCredentials;
}

function sdkClient(credentials: AwsCredentials): STSClient {
  return new STSClient({
    endpoint: issuer.sandbox.url,
    region: credentials.region,
    requestHandler: { httpsAgent: new Agent({ ca: readFileSync(issuer.sandbox.caFile, "utf8") }) },
    credentials: {
      accessKeyId: credentials.accessKeyId,
      secretAccessKey: credentials.secretAccessKey.reveal(),
      sessionToken: credentials.sessionToken.reveal(),
    },
  });
}

async function raises(code: FaultCode, work: Promise<unknown>): Promise<Fault> {
  const outcome = await work.then(
    () => null,
    (error: unknown) => error,
  );
  assert.ok(outcome instanceof Fault, `expected a Fault, got ${String(outcome)}`);
  assert.equal(outcome.code, code, outcome.message);
  return outcome;
}

const dev = (): AwsOptions => parseAwsOptions({ roleArn: ROLE, region: "eu-west-1" }, placeIn(null, "profiles.dev.aws"));
const deploy = (changes: Readonly<Record<string, unknown>> = {}): AwsOptions =>
  parseAwsOptions({ roleArn: DEPLOY, ...changes }, placeIn(null, "profiles.prod.aws"));

test("a token becomes credentials that AWS's own SDK can use, and that say whose they are", async () => {
  const credentials = await awsCredentials(dev(), await proof());
  assert.equal(credentials.expiresAt, issuer.clock.seconds + 3600);
  assert.equal(credentials.assumedRoleArn, `arn:aws:sts::123456789012:assumed-role/dev/${SUBJECT}`);
  const theirs = await sdkClient(credentials).send(new GetCallerIdentityCommand({}));
  const ours = await getCallerIdentity(credentials, dev(), {
    http: createHttp({ environment }),
    clock: clockAhead(0),
    environment,
  });
  assert.equal(ours.arn, credentials.assumedRoleArn);
  assert.deepEqual([ours.arn, ours.accountId, ours.userId], [theirs.Arn, theirs.Account, theirs.UserId]);
});

test("a role's credentials become those of the next role, with its tags and source identity, for one hour", async () => {
  const options = deploy({ tags: { team: "a b", Stage: "prod" }, transitiveTags: ["team"], sourceIdentity: "ann" });
  const credentials = await awsCredentials(dev(), await proof());
  const chained = await awsCredentials(options, { kind: "credentials", credentials, profile: "other" });
  assert.equal(chained.region, "eu-west-1");
  assert.equal(chained.assumedRoleArn, `arn:aws:sts::210987654321:assumed-role/deploy/${SUBJECT}`);
  assert.equal(chained.expiresAt, issuer.clock.seconds + 3600);
  const caller = await sdkClient(chained).send(new GetCallerIdentityCommand({}));
  assert.equal(caller.Arn, chained.assumedRoleArn);
});

test("more than one hour is not asked of a chained role", async () => {
  const credentials = await awsCredentials(dev(), await proof());
  const calls = issuer.records.length;
  await raises(
    "DURATION_INVALID",
    exchangeFor(deploy({ duration: "2h" })).redeem({ kind: "credentials", credentials, profile: "other" }),
  );
  assert.equal(issuer.records.length, calls);
});

test("a wrong secret key is refused by its code", async () => {
  const credentials = {
    ...(await awsCredentials(dev(), await proof())),
    secretAccessKey: new Secret("secret access key", "wrong"),
  };
  const fault = await raises(
    "EXCHANGE_REFUSED",
    exchangeFor(deploy()).redeem({ kind: "credentials", credentials, profile: "other" }),
  );
  assert.equal(fault.details["cloudCode"], "SignatureDoesNotMatch");
});

const refused: readonly [name: string, claims: Readonly<Record<string, unknown>>, cloudCode: string][] = [
  ["another subject", { sub: "somebody-else" }, "AccessDenied"],
  ["another audience", { aud: "other" }, "InvalidIdentityToken"],
  ["an issuer that no provider has", { iss: "https://issuer.example/other" }, "InvalidIdentityToken"],
  ["another role in the token", { "https://aws.amazon.com/roles": [DEPLOY] }, "InvalidIdentityToken"],
];
for (const [name, claims, cloudCode] of refused) {
  test(`a token with ${name} is refused by AWS's code`, async () => {
    const fault = await raises("EXCHANGE_REFUSED", exchangeFor(dev()).redeem(await proof(claims)));
    assert.equal(fault.details["cloudCode"], cloudCode);
    assert.notEqual(fault.details["cloudMessage"], "");
  });
}

test("an expired token is not a clock problem when the clocks agree", async () => {
  const now = issuer.clock.seconds;
  const fault = await raises("EXCHANGE_REFUSED", exchangeFor(dev()).redeem(await proof({ iat: now - 900, exp: now - 600 })));
  assert.equal(fault.details["cloudCode"], "ExpiredTokenException");
});

for (const ahead of [-600, 600]) {
  test(`a clock that is ${ahead} s off is told from the refusal, and what was learnt mends it`, async () => {
    const ours = issuer.clock.seconds + ahead;
    const fault = await raises(
      "CLOCK_SKEWED",
      exchangeFor(dev(), clockAhead(ahead)).redeem(await proof({ iat: ours, exp: ours + 300 })),
    );
    assert.equal(fault.details["offsetSeconds"], -ahead);
  });
}

// Signature Version 4 leaves 15 minutes, a token's times 5.
for (const ahead of [-1200, 1200]) {
  test(`a signature of a clock that is ${ahead} s off is told from the refusal`, async () => {
    const credentials = await awsCredentials(dev(), await proof());
    const chain = exchangeFor(deploy(), clockAhead(ahead));
    const fault = await raises("CLOCK_SKEWED", chain.redeem({ kind: "credentials", credentials, profile: "other" }));
    assert.equal(fault.details["offsetSeconds"], -ahead);
  });
}

const transient: readonly CannedAnswer[] = [
  { hangUp: true },
  { code: "IDPCommunicationError" },
  { code: "Throttling" },
  { status: 503 },
];
for (const answer of transient) {
  test(`after ${JSON.stringify(answer)} the second attempt succeeds`, async () => {
    issuer.sandbox.misbehave(answer);
    assert.equal((await exchangeFor(dev()).redeem(await proof())).kind, "aws");
  });
}

test("an answer that is cut off is not repeated: the credentials in it exist already", async () => {
  issuer.sandbox.misbehave({ truncate: true });
  const calls = issuer.records.length;
  await raises("RESPONSE_INVALID", exchangeFor(dev()).redeem(await proof()));
  assert.equal(issuer.records.length, calls + 1);
});
