import assert from "node:assert/strict";
import { createHmac, createPublicKey, type JsonWebKey } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { inspect } from "node:util";
import { generateKeyPair, SignJWT } from "jose";
import { Fault } from "../../src/core/fault.ts";
import type { FaultCode } from "../../src/core/fault-codes.ts";
import { type BadProvider, type Misbehaviour, PLANTED, startBadProvider } from "../providers/bad-provider.ts";
import { signInAsPerson } from "../providers/person.ts";
import { openBench, type SignInBench, settingsFor } from "../providers/sign-in-parts.ts";

const HOUR = 3600;
const now = Math.floor(Date.now() / 1000);
const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
const payloadOf = (token: string): string => token.split(".")[1] ?? "";

/** Everything that a provider, or somebody in its place, can do wrong with tokens: at a sign-in and at a renewal alike. */
const TOKENS: readonly (readonly [title: string, fault: Misbehaviour, code: FaultCode])[] = [
  ["an ID token of another issuer", { claims: { iss: "https://evil.example" } }, "ID_TOKEN_ISSUER"],
  ["an ID token for another client", { claims: { aud: "other" } }, "ID_TOKEN_AUDIENCE"],
  ["an ID token for two clients, of which neither asked", { claims: { aud: ["cli", "other"] } }, "ID_TOKEN_AUDIENCE"],
  ["an ID token that another client asked for", { claims: { aud: ["cli", "other"], azp: "other" } }, "ID_TOKEN_AUDIENCE"],
  ["an ID token without a subject", { claims: { sub: undefined } }, "ID_TOKEN_INVALID"],
  ["an expired ID token", { claims: { iat: now - HOUR, exp: now - 60 } }, "ID_TOKEN_EXPIRED"],
  ["an ID token that is not valid yet", { claims: { nbf: now + HOUR } }, "ID_TOKEN_EARLY"],
  ["an ID token that was issued in the future", { claims: { iat: now + HOUR, exp: now + 2 * HOUR } }, "ID_TOKEN_EARLY"],
  ["an ID token by `none`", { idToken: (good) => `${encode({ alg: "none" })}.${payloadOf(good)}.` }, "ID_TOKEN_UNSIGNED"],
  ["an ID token whose signature was cut off", { idToken: (good) => good.replace(/[^.]+$/, "") }, "ID_TOKEN_SIGNATURE"],
  ["an ID token whose claims were changed", { idToken: withOtherClaims }, "ID_TOKEN_SIGNATURE"],
  ["an ID token by HS256 and the public key", { idToken: signedByPublicKey }, "ID_TOKEN_ALGORITHM"],
  ["an ID token by an algorithm that was not announced", { idToken: byEs256 }, "ID_TOKEN_ALGORITHM"],
  ["an ID token by a key that is not published", { header: { kid: "unknown" } }, "ID_TOKEN_KEY_UNKNOWN"],
  ["an ID token that is no JWT", { idToken: () => "gibberish" }, "ID_TOKEN_INVALID"],
  [
    "an ID token that is encrypted",
    { idToken: () => `${encode({ alg: "RSA-OAEP", enc: "A256GCM" })}.a.b.c.d` },
    "ID_TOKEN_INVALID",
  ],
  ["an ID token whose header is no JSON", { idToken: (good) => good.replace(/^[^.]+/, "eHh4") }, "ID_TOKEN_INVALID"],
  ["an ID token whose claims are no JSON", { idToken: (good) => good.replace(/[.][^.]+[.]/, ".eHh4.") }, "ID_TOKEN_INVALID"],
  ["an answer that is no JSON", { tokenAnswer: { status: 200, body: "<html>" } }, "RESPONSE_INVALID"],
  ["an answer that says 502", { tokenAnswer: { status: 502, body: "" } }, "RESPONSE_INVALID"],
  ["an answer of 5 MB", { tokenAnswer: { status: 200, body: `{"a":"${"x".repeat(5e6)}"}` } }, "RESPONSE_INVALID"],
  ["a provider that goes down in the middle", { tokenAnswer: null }, "NETWORK_UNREACHABLE"],
  ["a client that is not known any more", tokenError("invalid_client"), "CLIENT_REFUSED"],
];

/** What can go wrong only where a person signs in. */
const SIGN_INS: typeof TOKENS = [
  ["metadata of another issuer", { metadata: { issuer: "https://evil.example" } }, "PROVIDER_MISMATCH"],
  ["metadata without a token endpoint", { metadata: { token_endpoint: undefined } }, "PROVIDER_UNFIT"],
  ["metadata that are no JSON", { metadataBody: "<html>" }, "RESPONSE_INVALID"],
  ["an answer that names another provider", { answer: { iss: "https://evil.example" } }, "SIGN_IN_MIXED_UP"],
  ["an answer that names no provider where one was announced", { answer: { iss: undefined } }, "SIGN_IN_MIXED_UP"],
  ["an answer that says no", { answer: { code: undefined, error: "access_denied" } }, "SIGN_IN_REFUSED"],
  ["an ID token of another sign-in", { claims: { nonce: "other" } }, "ID_TOKEN_NONCE"],
  ["an ID token of no sign-in", { claims: { nonce: undefined } }, "ID_TOKEN_INVALID"],
  ["no ID token at all", { idToken: () => undefined }, "ID_TOKEN_ABSENT"],
  ["a code that was used before", tokenError("invalid_grant"), "CODE_REFUSED"],
];

const RENEWALS: typeof TOKENS = [
  ["an ID token of somebody else", { claims: { sub: "mallory" } }, "ID_TOKEN_SUBJECT"],
  ["a refresh token that was revoked", tokenError("invalid_grant"), "SESSION_ENDED"],
];

function tokenError(error: string): Misbehaviour {
  return { tokenAnswer: { status: 400, body: JSON.stringify({ error, error_description: "no" }) } };
}

function withOtherClaims(good: string): string {
  const [header, payload = "", signature] = good.split(".");
  const claims = JSON.parse(Buffer.from(payload, "base64url").toString("utf8"));
  return `${header}.${encode({ ...claims, email: "admin@example.com" })}.${signature}`;
}

/** The oldest trick: the verifier's public key as the secret of an HMAC. RFC 8725 §2.1. */
function signedByPublicKey(good: string, jwk: object): string {
  const secret = createPublicKey({ key: jwk as JsonWebKey, format: "jwk" }).export({ type: "spki", format: "pem" });
  const input = `${encode({ alg: "HS256", kid: "first" })}.${payloadOf(good)}`;
  return `${input}.${createHmac("sha256", secret).update(input).digest("base64url")}`;
}

async function byEs256(good: string): Promise<string> {
  const claims = JSON.parse(Buffer.from(payloadOf(good), "base64url").toString("utf8"));
  const { privateKey } = await generateKeyPair("ES256");
  return new SignJWT(claims).setProtectedHeader({ alg: "ES256", kid: "first" }).sign(privateKey);
}

const ID = { token: "id", minLifeSeconds: 60 } as const;

describe("what a provider does wrong", () => {
  let provider: BadProvider;
  before(async () => {
    provider = await startBadProvider();
  });
  after(() => provider.close());

  async function withBench(work: (bench: SignInBench) => Promise<void>): Promise<void> {
    provider.misbehave({});
    const settings = { ...settingsFor({ issuer: provider.issuer, clientId: "cli" }), authorizationParameters: {} };
    const bench = openBench(settings);
    try {
      await work(bench);
    } finally {
      bench.close();
    }
  }

  const refusal = async (work: Promise<unknown>, code: FaultCode): Promise<void> => {
    const cause = await work.then(
      () => assert.fail("nothing was refused"),
      (error: unknown) => error,
    );
    assert.ok(cause instanceof Fault, inspect(cause));
    assert.equal(cause.code, code, cause.message);
    const shown = inspect(cause, { depth: 9, showHidden: true }) + JSON.stringify(cause);
    for (const secret of PLANTED) assert.ok(!shown.includes(secret), `${secret} is shown`);
    assert.doesNotMatch(shown, /eyJ/);
  };

  const recordIn = async ({ store }: SignInBench) =>
    JSON.parse((await store.load("sessions", "work"))?.reveal() ?? '{"record":null}').record;

  for (const [title, fault, code] of [...TOKENS, ...SIGN_INS]) {
    it(`is refused at a sign-in, and nothing is stored: ${title} (${code})`, () =>
      withBench(async (bench) => {
        provider.misbehave(fault);
        await refusal(bench.session.signIn(), code);
        assert.equal(await recordIn(bench), null);
      }));
  }

  for (const [title, fault, code] of [...TOKENS, ...RENEWALS]) {
    it(`is refused at a renewal, and nothing is lost: ${title} (${code})`, () =>
      withBench(async (bench) => {
        await bench.session.signIn();
        const { accessToken, idToken, subject } = await recordIn(bench);
        bench.clock.ahead = 270;
        provider.misbehave(fault);
        await refusal(bench.again({ person: false }).tokens(ID), code);
        const kept = await recordIn(bench);
        assert.deepEqual({ ...kept, ...{ accessToken, idToken, subject } }, kept);
        assert.equal(kept.refreshToken === null, code === "SESSION_ENDED");
      }));
  }

  it("is no answer of another sign-in, which gets a page of its own and ends nothing", () =>
    withBench(async (bench) => {
      const pages: (readonly [number, string])[] = [];
      const openBrowser = async (url: string): Promise<boolean> => {
        const stray = new URL("/callback?code=stolen&state=other", url).href;
        for (const [target, init] of [
          [stray, {}],
          [new URL("/favicon.ico", url).href, {}],
          [new URL("/callback", url).href, { method: "POST" }],
        ] as const) {
          const answer = await fetch(target, init);
          pages.push([answer.status, await answer.text()]);
        }
        void signInAsPerson(url, "alice");
        return true;
      };
      assert.equal((await bench.again({ openBrowser }).signIn()).subject, "alice");
      assert.deepEqual(
        pages.map(([status]) => status),
        [400, 404, 405],
      );
      assert.match(pages[0]?.[1] ?? "", /SIGN_IN_MIXED_UP/);
    }));

  it("is no new key: that is fetched once, and believed", () =>
    withBench(async (bench) => {
      await bench.session.signIn();
      await provider.rotateKey();
      bench.clock.ahead = 270;
      provider.requests.length = 0;
      assert.equal((await bench.session.tokens(ID)).subject, "alice");
      assert.deepEqual(provider.requests, ["POST /token", "GET /jwks"]);
    }));
});
