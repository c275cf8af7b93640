import assert from "node:assert/strict";
import { test } from "node:test";
import type { Fetched } from "./fetch-document.ts";
import { KEYS_KEPT_SECONDS, REFETCH_AFTER_SECONDS, verificationKeys } from "./verification-keys.ts";

const ISSUER = "https://issuer.example/laptop";
const DISCOVERY = `${ISSUER}/.well-known/openid-configuration`;
const JWKS = `${ISSUER}/keys.json`;
const key = (kid: string, more: object = {}) => ({ kty: "EC", crv: "P-256", x: "x", y: "y", kid, ...more });

function world(documents: Readonly<Record<string, unknown>> = {}) {
  const published: Record<string, unknown> = {
    [DISCOVERY]: { issuer: ISSUER, jwks_uri: JWKS },
    [JWKS]: { keys: [key("a")] },
    ...documents,
  };
  const state = { seconds: 1_000_000, fetches: 0, published };
  const find = verificationKeys(
    async (url): Promise<Fetched> => {
      if (url === JWKS) state.fetches++;
      const body = state.published[url];
      if (body === "unreachable") return { ok: false, why: "refused" };
      return body === undefined ? { ok: false, why: "404" } : { ok: true, body, cacheControl: "" };
    },
    () => state.seconds,
  );
  return { state, find };
}

test("keys are kept, and fetched again when their time is over", async () => {
  const { state, find } = world();
  assert.equal((await find(ISSUER, "a")).kind, "found");
  state.seconds += KEYS_KEPT_SECONDS - 1;
  assert.equal((await find(ISSUER, "a")).kind, "found");
  assert.equal(state.fetches, 1);
  state.seconds += 1;
  assert.equal((await find(ISSUER, "a")).kind, "found");
  assert.equal(state.fetches, 2);
});

test("many that ask at once cause one fetch", async () => {
  const { state, find } = world();
  const answers = await Promise.all(Array.from({ length: 50 }, () => find(ISSUER, "a")));
  assert.ok(answers.every((answer) => answer.kind === "found"));
  assert.equal(state.fetches, 1);
});

test("a key that was withdrawn is still taken while the set is kept, as by STS", async () => {
  const { state, find } = world();
  await find(ISSUER, "a");
  state.published[JWKS] = { keys: [key("b")] };
  assert.equal((await find(ISSUER, "a")).kind, "found");
  state.seconds += KEYS_KEPT_SECONDS;
  assert.equal((await find(ISSUER, "a")).kind, "missing");
});

test("an unknown key is looked for again, but not at any rate", async () => {
  const { state, find } = world();
  await find(ISSUER, "a");
  state.published[JWKS] = { keys: [key("a"), key("b")] };
  state.seconds += REFETCH_AFTER_SECONDS - 1;
  assert.equal((await find(ISSUER, "b")).kind, "missing");
  assert.equal(state.fetches, 1);
  state.seconds += 1;
  assert.equal((await find(ISSUER, "b")).kind, "found");
  for (let i = 0; i < 20; i++) assert.equal((await find(ISSUER, `c${i}`)).kind, "missing");
  assert.equal(state.fetches, 2);
});

const rsa = Array.from({ length: 101 }, (_, index) => key(`r${index}`, { kty: "RSA" }));
const broken: readonly (readonly [name: string, documents: Readonly<Record<string, unknown>>, why: RegExp])[] = [
  ["no discovery document", { [DISCOVERY]: undefined }, /404/],
  ["an unreachable host", { [DISCOVERY]: "unreachable" }, /refused/],
  ["an unreachable JWKS", { [JWKS]: "unreachable" }, /refused/],
  ["another issuer in the discovery document", { [DISCOVERY]: { issuer: `${ISSUER}/`, jwks_uri: JWKS } }, /its issuer is/],
  ["a list as discovery document", { [DISCOVERY]: [] }, /its issuer is/],
  ["no jwks_uri", { [DISCOVERY]: { issuer: ISSUER } }, /jwks_uri/],
  ["a jwks_uri by http", { [DISCOVERY]: { issuer: ISSUER, jwks_uri: JWKS.replace("https", "http") } }, /not an https URL/],
  ["no JWKS", { [JWKS]: undefined }, /404/],
  ["a JWKS without keys", { [JWKS]: { keys: [] } }, /holds no keys/],
  ["a JWKS that is no object", { [JWKS]: null }, /holds no keys/],
  ["101 RSA keys", { [JWKS]: { keys: [key("a"), ...rsa] } }, /101 RSA keys/],
  ["a key for encryption", { [JWKS]: { keys: [key("a", { use: "enc" })] } }, /no key "a"/],
];

for (const [name, documents, why] of broken) {
  test(`${name}: no key`, async () => {
    const answer = await world(documents).find(ISSUER, "a");
    assert.ok(answer.kind === "missing");
    assert.match(answer.why, why);
  });
}
