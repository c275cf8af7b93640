import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { AwsCredentials } from "../../src/core/credentials.ts";
import { Fault } from "../../src/core/fault.ts";
import type { Http } from "../../src/core/http.ts";
import { placeIn } from "../../src/core/place.ts";
import { Secret } from "../../src/core/secret.ts";
import { formatUtc } from "../../src/core/time.ts";
import { awsTokenExchange, parseAwsTokenOptions } from "../../src/exchanges/aws/web-identity-token.ts";
import { NO_PAUSES } from "../no-pauses.ts";

const NOW = 1_800_000_000;
const SECRET = "visibly+fake/secret";
const SESSION = "visibly+fake/session";

const role = (lifeSeconds: number): AwsCredentials => ({
  kind: "aws",
  accessKeyId: "ASIAEXAMPLE",
  secretAccessKey: new Secret("secret access key", SECRET),
  sessionToken: new Secret("session token", SESSION),
  issuedAt: NOW - 100,
  expiresAt: NOW + lifeSeconds,
  assumedRoleArn: "arn:aws:sts::123456789012:assumed-role/build-machine/laptop",
  region: "eu-west-1",
});

/** Asks an STS that answers so for a token. @returns also what it was asked. */
async function ask(answer: { readonly status?: number; readonly body: string }, lifeSeconds = 3600, duration = "10m") {
  const asked: URLSearchParams[] = [];
  const http: Http = async ({ body }) => {
    asked.push(new URLSearchParams(String(body)));
    return { status: 200, headers: {}, ...answer };
  };
  const exchange = awsTokenExchange({
    options: parseAwsTokenOptions({ audience: "api://app", duration }, placeIn(null, "profiles.token.awsToken")),
    http,
    tempo: NO_PAUSES,
    clock: { now: () => NOW, offsetSeconds: 0, learn: () => {} },
    environment: {},
  });
  const outcome = await exchange.redeem({ kind: "credentials", credentials: role(lifeSeconds), profile: "other" }).then(
    (credentials) => credentials,
    (cause: unknown) => (cause instanceof Fault ? cause : assert.fail(String(cause))),
  );
  return { outcome, asked };
}

const given = (token: string, expiration: string) => ({
  body: `<GetWebIdentityTokenResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetWebIdentityTokenResult><WebIdentityToken>${token}</WebIdentityToken><Expiration>${expiration}</Expiration></GetWebIdentityTokenResult></GetWebIdentityTokenResponse>`,
});

describe("a token of AWS for the credentials of a role", () => {
  test("is asked for no longer than the session lives, and kept no longer than was asked and is said", async () => {
    for (const [lifeSeconds, duration, ends, asked, kept] of [
      [3600, "10m", 600, "600", 600],
      [200, "10m", 200, "200", 200],
      [3600, "10m", 300, "600", 300],
      [3600, "5m", 3600, "300", 300],
    ] as const) {
      const answer = await ask(given("e.f.g", formatUtc(NOW + ends)), lifeSeconds, duration);
      assert.equal(answer.asked[0]?.get("DurationSeconds"), asked);
      assert.ok("kind" in answer.outcome);
      assert.deepEqual([answer.outcome.kind, answer.outcome.issuedAt, answer.outcome.expiresAt], ["bearer", NOW, NOW + kept]);
    }
  });

  test("is none where it has ended, says no end, or would write a header of its own", async () => {
    for (const [token, expiration] of [
      ["e.f.g", formatUtc(NOW)],
      ["e.f.g", formatUtc(NOW - 3600)],
      ["e.f.g", "tomorrow"],
      ["e.f.g", ""],
      ["", formatUtc(NOW + 300)],
      ["a b", formatUtc(NOW + 300)],
      ["a&#13;&#10;b", formatUtc(NOW + 300)],
    ] as const) {
      const { outcome } = await ask(given(token, expiration));
      assert.ok(outcome instanceof Fault, `${token} ${expiration}`);
      assert.equal(outcome.code, "RESPONSE_INVALID");
    }
  });

  test("is refused in words that hold neither the role's secret nor its session", async () => {
    const said = `no: ${SECRET}, ${SESSION}, ${encodeURIComponent(SESSION)}`;
    const { outcome } = await ask({
      status: 403,
      body: `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>${said}</Message></Error></ErrorResponse>`,
    });
    assert.ok(outcome instanceof Fault);
    assert.equal(outcome.code, "EXCHANGE_REFUSED");
    assert.doesNotMatch(JSON.stringify([outcome.message, outcome.hints, outcome.details]), /visibly/);
  });
});
