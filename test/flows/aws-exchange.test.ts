import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { AwsCredentials } from "../../src/core/credentials.ts";
import { Fault } from "../../src/core/fault.ts";
import type { FaultCode } from "../../src/core/fault-codes.ts";
import { type Place, placeIn } from "../../src/core/place.ts";
import { Secret } from "../../src/core/secret.ts";
import type { Clock } from "../../src/core/time.ts";
import { awsExchange } from "../../src/exchanges/aws/aws-exchange.ts";
import { parseAwsOptions } from "../../src/exchanges/aws/options.ts";
import { createHttp } from "../../src/platform/http/create-http.ts";
import type { Environment } from "../../src/platform/paths.ts";
import { systemTempo } from "../../src/platform/tempo.ts";
import { type Scripted, scriptedServer, stsError, stsSuccess } from "./aws-exchange-servers.ts";

const NOW = Date.parse("2026-01-01T00:00:00Z") / 1000;
const DATE = { date: new Date(NOW * 1000).toUTCString() };
const ROLE = "arn:aws:iam::123456789012:role/dev";
const HINT_OF_NAME = "if this machine is online, look at the region, or the endpoint, of profiles.dev.aws";
const TOKEN = "eyJhbGciOiJFUzI1NiJ9.visibly-fake.token";

const clock: Clock = {
  now: () => NOW,
  offsetSeconds: 0,
  learn: () => assert.fail("an exchange does not teach the clock itself"),
};
const assertion = {
  kind: "assertion",
  identity: "my laptop",
  assertion: {
    form: "jwt",
    value: Promise.resolve(new Secret("assertion", TOKEN)),
    audience: "sts.amazonaws.com",
    expiresAt: NOW + 300,
  },
} as const;

interface Setting {
  readonly environment?: Environment;
  readonly options?: Readonly<Record<string, unknown>>;
  /** Where they come from. */
  readonly place?: Place;
  readonly subject?: string;
  /** What the tempo's clock says, call by call; the last one stays. Without it, the machine's own. */
  readonly elapsedMs?: readonly number[];
}

const PLACE = placeIn(null, "profiles.dev.aws");

function exchangeWith({ environment = {}, options = {}, place = PLACE, subject = "laptop-abcdefghij", elapsedMs }: Setting) {
  let asked = 0;
  const scripted = { elapsedMs: () => elapsedMs?.[Math.min(asked++, elapsedMs.length - 1)] ?? 0 };
  const warnings: string[] = [];
  const pauses: number[] = [];
  const exchange = awsExchange({
    options: parseAwsOptions({ roleArn: ROLE, region: "eu-west-1", ...options }, place),
    http: createHttp({ environment }),
    clock,
    environment,
    warn: (line) => warnings.push(line),
    subject,
    tempo: {
      ...systemTempo,
      ...(elapsedMs === undefined ? {} : scripted),
      pause: async (milliseconds) => void pauses.push(milliseconds),
    },
  });
  return { exchange, warnings, pauses };
}

const CHAINED: AwsCredentials = {
  kind: "aws",
  accessKeyId: "ASIACHAINED",
  secretAccessKey: new Secret("secret access key", "visibly/fake+key"),
  sessionToken: new Secret("session token", "visibly/fake+session=="),
  issuedAt: NOW,
  expiresAt: NOW + 3600,
  assumedRoleArn: "arn:aws:sts::123456789012:assumed-role/first/laptop",
  region: "eu-west-1",
};

async function faultOf(work: Promise<unknown>): Promise<Fault> {
  const outcome = await work.then(
    () => null,
    (error: unknown) => error,
  );
  assert.ok(outcome instanceof Fault, `expected a Fault, got ${String(outcome)}`);
  return outcome;
}

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

test("a refusal names roles and hosts in full", async (t) => {
  const message = `User: ${ARN}-AdministratorAccess-0123456789abcdef is not authorized to perform: sts:AssumeRole on resource: ${ROLE}`;
  const sts = await scriptedServer(t, stsError(403, "AccessDenied", message, DATE));
  const { exchange } = exchangeWith({ options: { endpointUrl: sts.url } });
  assert.equal((await faultOf(exchange.redeem(assertion))).details["cloudMessage"], message);
});

test("a refusal names the command that prints the token which was refused, and none where no token was sent", async (t) => {
  const sts = await scriptedServer(t, stsError(403, "AccessDenied", "no", DATE));
  const { exchange } = exchangeWith({ options: { endpointUrl: sts.url } });
  const other = { ...assertion, assertion: { ...assertion.assertion, audience: "an audience" } };
  assert.match(
    (await faultOf(exchange.redeem(other))).hints.join(),
    /`brevet token --identity 'my laptop' --audience 'an audience' \| brevet token inspect`/,
  );
  const chained = await faultOf(exchange.redeem({ kind: "credentials", credentials: CHAINED, profile: "other" }));
  assert.deepEqual(chained.hints, []);
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

const refusals: readonly {
  readonly cloudCode: string;
  readonly status: number;
  readonly message?: string;
  readonly code: FaultCode;
  readonly calls: number;
}[] = [
  { cloudCode: "AccessDenied", status: 403, code: "EXCHANGE_REFUSED", calls: 1 },
  { cloudCode: "InvalidIdentityToken", status: 400, code: "EXCHANGE_REFUSED", calls: 1 },
  { cloudCode: "ExpiredTokenException", status: 400, code: "EXCHANGE_REFUSED", calls: 1 },
  { cloudCode: "IDPRejectedClaim", status: 403, code: "EXCHANGE_REFUSED", calls: 1 },
  { cloudCode: "RegionDisabledException", status: 403, code: "EXCHANGE_REFUSED", calls: 1 },
  { cloudCode: "PackedPolicyTooLarge", status: 400, code: "EXCHANGE_REFUSED", calls: 1 },
  { cloudCode: "MalformedPolicyDocument", status: 400, code: "EXCHANGE_REFUSED", calls: 1 },
  { cloudCode: "ValidationError", status: 400, code: "EXCHANGE_REFUSED", calls: 1 },
  { cloudCode: "SomethingNew", status: 400, code: "EXCHANGE_REFUSED", calls: 1 },
  { cloudCode: "IDPCommunicationError", status: 400, code: "EXCHANGE_UNAVAILABLE", calls: 3 },
  { cloudCode: "Throttling", status: 400, code: "EXCHANGE_UNAVAILABLE", calls: 3 },
  { cloudCode: "InternalFailure", status: 500, code: "EXCHANGE_UNAVAILABLE", calls: 3 },
  { cloudCode: "ServiceUnavailable", status: 503, code: "EXCHANGE_UNAVAILABLE", calls: 3 },
  {
    cloudCode: "InvalidIdentityToken",
    status: 400,
    message: "Couldn't retrieve verification key from your identity provider, please reference documentation",
    code: "EXCHANGE_UNAVAILABLE",
    calls: 3,
  },
];

for (const { cloudCode, status, message = "what AWS says", code, calls } of refusals) {
  test(`STS answers ${status} ${cloudCode}: ${code} after ${calls} call(s)`, async (t) => {
    const sts = await scriptedServer(t, stsError(status, cloudCode, message, DATE));
    const { exchange, pauses } = exchangeWith({ options: { endpointUrl: sts.url } });
    const fault = await faultOf(exchange.redeem(assertion));
    assert.equal(fault.code, code);
    assert.equal(fault.details["cloudCode"], cloudCode);
    if (message.includes("verification key")) assert.match(fault.message, /AWS cannot fetch the issuer's keys/);
    assert.equal(sts.seen.length, calls);
    assert.equal(pauses.length, calls - 1);
  });
}

for (const [name, place, wanted] of [
  ["the key and the file", placeIn("config.json", "profiles.dev.aws"), "profiles.dev.aws.duration in config.json"],
  ["the flag, where one was typed", PLACE.withTyped({ duration: "--duration" }), "--duration"],
] as const) {
  test(`a duration that is refused is named by ${name}`, async (t) => {
    const says = "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.";
    const sts = await scriptedServer(t, stsError(400, "ValidationError", says));
    const options = { endpointUrl: sts.url, duration: "2h" };
    const byAws = await faultOf(exchangeWith({ options, place }).exchange.redeem(assertion));
    assert.deepEqual(byAws.hints, [`set ${wanted} to the role's maximum session duration or less`]);
    const chain = { kind: "credentials", credentials: CHAINED, profile: "other" } as const;
    const chained = await faultOf(exchangeWith({ options, place }).exchange.redeem(chain));
    assert.deepEqual(chained.hints, [`set ${wanted} to \`1h\``]);
  });
}

test("a transient refusal is followed by another attempt that succeeds", async (t) => {
  const sts = await scriptedServer(t, stsError(400, "IDPCommunicationError", "…"), stsSuccess("AssumeRoleWithWebIdentity"));
  const { exchange } = exchangeWith({ options: { endpointUrl: sts.url } });
  assert.equal((await exchange.redeem(assertion)).kind, "aws");
  assert.equal(sts.seen.length, 2);
});

for (const offset of [-600, 600]) {
  test(`a refusal of times by a cloud whose clock differs by ${offset} s`, async (t) => {
    const date = new Date((NOW + offset) * 1000).toUTCString();
    const sts = await scriptedServer(t, stsError(400, "InvalidIdentityToken", "…", { date }));
    const { exchange } = exchangeWith({ options: { endpointUrl: sts.url } });
    const fault = await faultOf(exchange.redeem(assertion));
    assert.equal(fault.code, "CLOCK_SKEWED");
    assert.equal(fault.details["offsetSeconds"], offset);
  });
}

type BadAnswer = (t: TestContext) => Promise<{ readonly url: string }>;
const badAnswers: readonly { readonly name: string; readonly server: BadAnswer; readonly code: FaultCode }[] = [
  { name: "unreachable", server: async () => ({ url: "http://127.0.0.1:1/" }), code: "NETWORK_UNREACHABLE" },
  {
    name: "HTML with status 200",
    server: (t) => scriptedServer(t, { body: "<!doctype html><title>Log in</title>" }),
    code: "RESPONSE_INVALID",
  },
  {
    name: "HTML with status 502",
    server: (t) => scriptedServer(t, { status: 502, body: "<html></html>" }),
    code: "EXCHANGE_UNAVAILABLE",
  },
  {
    name: "a redirect",
    server: (t) => scriptedServer(t, { status: 302, headers: { location: "https://elsewhere.example/" }, body: "" }),
    code: "RESPONSE_INVALID",
  },
  {
    name: "half an answer",
    server: (t) =>
      scriptedServer(t, (_, response) =>
        response.writeHead(200, { "content-length": "1000" }).write("<Assume", () => response.destroy()),
      ),
    code: "RESPONSE_INVALID",
  },
  {
    name: "half a document",
    server: (t) => scriptedServer(t, { body: "<AssumeRoleWithWebIdentityResponse><Assume" }),
    code: "RESPONSE_INVALID",
  },
  ...["AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration"].map((member) => ({
    name: `credentials without their ${member}`,
    server: async (t: TestContext) => {
      const { body } = stsSuccess("AssumeRoleWithWebIdentity");
      const without = body.replace(new RegExp(`<${member}>[^<]*</${member}>`), "");
      assert.notEqual(without, body);
      return scriptedServer(t, { body: without });
    },
    code: "RESPONSE_INVALID" as const,
  })),
];

for (const { name, server, code } of badAnswers) {
  test(`STS gives ${name}: ${code}`, async (t) => {
    const { url } = await server(t);
    const { exchange } = exchangeWith({ options: { endpointUrl: url } });
    assert.equal((await faultOf(exchange.redeem(assertion))).code, code);
  });
}

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

for (const [percent, warned] of [
  [75, 0],
  [76, 1],
  ["1e999", 0],
  ["0x99", 0],
  ["9".repeat(400), 0],
] as const) {
  test(`a packed size of ${percent} % gives ${warned} warning(s)`, async (t) => {
    const size = `<PackedPolicySize>${percent}</PackedPolicySize>`;
    const sts = await scriptedServer(t, stsSuccess("AssumeRoleWithWebIdentity", size));
    const { exchange, warnings } = exchangeWith({ options: { endpointUrl: sts.url } });
    await exchange.redeem(assertion);
    assert.equal(warnings.length, warned);
  });
}

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

test("a token that a server repeats in its refusal is not repeated by brevet, and the refusal is one line", async (t) => {
  const sts = await scriptedServer(t, stsError(400, "ValidationError", `you sent\n${TOKEN}\nto me`, DATE));
  const { exchange } = exchangeWith({ options: { endpointUrl: sts.url } });
  const fault = await faultOf(exchange.redeem(assertion));
  const shown = JSON.stringify([fault.message, fault.hints, fault.details]);
  assert.doesNotMatch(shown, /visibly-fake/);
  assert.doesNotMatch(fault.message, /\n/);
});

const echoes: readonly (readonly [name: string, message: string])[] = [
  [
    "the canonical request",
    "The Canonical String should have been 'POST\n/\n\nx-amz-security-token:visibly/fake+session==\n\nhost'",
  ],
  ["the token percent-encoded", "you sent X-Amz-Security-Token=visibly%2Ffake%2Bsession%3D%3D"],
  ["the secret key", "your key is visibly/fake+key"],
  ["a part of some token", `it begins with IQoJb3JpZ2luX2VjEJr${"visibly-fake/9+".repeat(8)}`],
];

for (const [name, message] of echoes) {
  test(`a refusal that echoes ${name} is shown without it`, async (t) => {
    const sts = await scriptedServer(t, stsError(403, "SignatureDoesNotMatch", message, DATE));
    const { exchange } = exchangeWith({ options: { endpointUrl: sts.url } });
    const fault = await faultOf(exchange.redeem({ kind: "credentials", credentials: CHAINED, profile: "other" }));
    assert.equal(fault.code, "EXCHANGE_REFUSED");
    assert.doesNotMatch(JSON.stringify([fault.message, fault.hints, fault.details]), /visibly/);
    assert.match(String(fault.details["cloudMessage"]), /\[secret\]/);
  });
}

for (const [name, cloudCode, status] of [
  ["a token", TOKEN, 400],
  ["a token, of a cloud in trouble,", TOKEN, 503],
  ["more than 128 characters", "a".repeat(129), 400],
  ["a control character", "Access\u009bDenied", 400],
] as const) {
  test(`a code that holds ${name} is not shown`, async (t) => {
    const sts = await scriptedServer(t, stsError(status, cloudCode, "no", DATE));
    const { exchange } = exchangeWith({ options: { endpointUrl: sts.url } });
    const fault = await faultOf(exchange.redeem(assertion));
    assert.equal(fault.details["cloudCode"], "unreadable code");
    assert.ok(!fault.message.includes(cloudCode));
  });
}

const ARN = "arn:aws:sts::123456789012:assumed-role/dev/laptop";
const impostors: readonly (readonly [name: string, answer: Scripted])[] = [
  ["have ended by now", stsSuccess("AssumeRoleWithWebIdentity", "", "2026-01-01T00:00:00Z")],
  ["live 12 h 5 min and a second", stsSuccess("AssumeRoleWithWebIdentity", "", "2026-01-01T12:05:01Z")],
  ["end on no day of any calendar", stsSuccess("AssumeRoleWithWebIdentity", "", "2026-02-31T00:00:00Z")],
  ...(
    [
      ["belong to another account", "arn:aws:sts::210987654321:assumed-role/dev/laptop"],
      ["belong to another role", "arn:aws:sts::123456789012:assumed-role/dev2/laptop"],
      ["belong to another partition", "arn:aws-cn:sts::123456789012:assumed-role/dev/laptop"],
      ["belong to a user", "arn:aws:iam::123456789012:user/dev"],
    ] as const
  ).map(([name, arn]): readonly [string, Scripted] => {
    const { body } = stsSuccess("AssumeRoleWithWebIdentity");
    return [name, { body: body.replace(ARN, arn) }];
  }),
];

for (const [name, answer] of impostors) {
  test(`credentials that ${name} are not taken`, async (t) => {
    const sts = await scriptedServer(t, answer);
    const { exchange } = exchangeWith({ options: { endpointUrl: sts.url } });
    assert.equal((await faultOf(exchange.redeem(assertion))).code, "RESPONSE_INVALID");
  });
}

test("credentials that live 12 h 5 min are taken, and a role's path is no part of its session's name", async (t) => {
  const sts = await scriptedServer(t, stsSuccess("AssumeRoleWithWebIdentity", "", "2026-01-01T12:05:00Z"));
  const { exchange } = exchangeWith({
    options: { endpointUrl: sts.url, roleArn: "arn:aws:iam::123456789012:role/some/path/dev" },
  });
  assert.equal((await exchange.redeem(assertion)).expiresAt, NOW + 43_500);
});

test("an entity in the answer is not expanded", async (t) => {
  const { body } = stsSuccess("AssumeRoleWithWebIdentity");
  const doctype = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>';
  const sts = await scriptedServer(t, { body: doctype + body.replace("ASIAEXAMPLE", "&e;") });
  const { exchange } = exchangeWith({ options: { endpointUrl: sts.url } });
  assert.equal((await faultOf(exchange.redeem(assertion))).code, "RESPONSE_INVALID");
});
