import assert from "node:assert/strict";
import { test } from "node:test";
import type { FaultCode } from "../../src/core/fault-codes.ts";
import { placeIn } from "../../src/core/place.ts";
import { scriptedServer, stsError, stsSuccess } from "./aws-exchange-servers.ts";
import { ARN, assertion, CHAINED, DATE, exchangeWith, faultOf, NOW, PLACE, ROLE, TOKEN } from "./aws-exchange-setting.ts";

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
