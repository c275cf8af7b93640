import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { createLocalJWKSet, decodeJwt, jwtVerify } from "jose";
import { identityContract } from "../../../test/contracts/identity.ts";
import { memoryStore } from "../../../test/contracts/signer-memory-store.ts";
import { Fault } from "../../core/fault.ts";
import type { AssertionRequest } from "../../core/identity.ts";
import { placeIn } from "../../core/place.ts";
import type { PublicKey, SignatureAlgorithm, Signer } from "../../core/signer.ts";
import { softwareSigners } from "../../signers/software/signer.ts";
import { DISCOVERY_PATH, discoveryDocument, JWKS_PATH } from "../../wire/issuer-documents/discovery.ts";
import { jwksDocument, jwksMembers } from "../../wire/issuer-documents/jwks-document.ts";
import { deviceIdentity } from "./identity.ts";
import { type DeviceOptions, parseDeviceOptions } from "./options.ts";

const ISSUER = "https://id.example.com/laptop";
const NOW = 1_800_000_000;
const REQUEST: AssertionRequest = { audience: "sts.amazonaws.com", form: "jwt", algorithms: ["ES256", "RS256"] };
const ROLE = "arn:aws:iam::123456789012:role/dev";

async function makeDevice(made: readonly SignatureAlgorithm[] = ["ES256"], options: Record<string, unknown> = {}) {
  const signer = softwareSigners({ store: memoryStore() }).open({ identity: "laptop", options: {} });
  const keys: PublicKey[] = [];
  for (const algorithm of made) keys.push(await signer.createKey(algorithm));
  const raw = { signer: "software", subject: "laptop-abcdefghij", issuer: ISSUER, ...options };
  return { signer, keys, options: parseDeviceOptions(raw, placeIn(null, "identities.laptop")) };
}

/** The device over a stored copy that holds `keys` for `issuer`. */
function open(
  signer: Signer,
  options: DeviceOptions,
  keys: readonly PublicKey[],
  { issuer = ISSUER, random = (count: number) => new Uint8Array(count).fill(9) } = {},
) {
  const documents = [jwksDocument(keys.map((key) => jwksMembers(key, null))), discoveryDocument(issuer, ["ES256"])];
  const published = {
    read: async (path: string) => {
      const found = documents.find((document) => document.path === path);
      return found === undefined ? null : { body: found.body, version: "1" };
    },
  };
  return deviceIdentity({
    name: "laptop",
    options,
    signer,
    published,
    clock: { now: () => NOW, offsetSeconds: 0, learn: () => undefined },
    random,
  });
}

function jwksOf(keys: readonly PublicKey[]) {
  return createLocalJWKSet(JSON.parse(jwksDocument(keys.map((key) => jwksMembers(key, null))).body));
}

async function code(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => "none",
    (cause: unknown) => (cause instanceof Fault ? cause.code : String(cause)),
  );
}

identityContract("device", async () => {
  const { signer, keys, options } = await makeDevice();
  let count = 0;
  const random = (length: number) => new Uint8Array(length).fill(count++);
  return {
    identity: open(signer, options, keys, { random }),
    request: REQUEST,
    refused: [
      { request: { ...REQUEST, form: "saml" }, code: "ASSERTION_UNSUPPORTED" },
      { request: { ...REQUEST, algorithms: [] }, code: "ALGORITHM_UNSUPPORTED" },
      { request: { ...REQUEST, audience: "" }, code: "AUDIENCE_INVALID" },
    ],
    now: NOW,
    keys: jwksOf(keys),
  };
});

describe("device identity", () => {
  it("signs exactly the claims of the request", async () => {
    const { signer, keys, options } = await makeDevice();
    const assertion = await open(signer, options, keys).assert({ ...REQUEST, forRole: ROLE });
    assert.deepEqual(decodeJwt((await assertion.value).reveal()), {
      iss: ISSUER,
      sub: "laptop-abcdefghij",
      aud: "sts.amazonaws.com",
      iat: NOW - 30,
      exp: NOW + 270,
      jti: Buffer.alloc(16, 9).toString("base64url"),
      "https://aws.amazon.com/roles": [ROLE],
    });
    assert.equal(assertion.expiresAt, NOW + 270);
    assert.equal(String(await assertion.value), "[secret assertion]");
  });

  it("signs tokens that jose verifies, for any audience, subject and age", async () => {
    const { signer, keys, options } = await makeDevice(["ES256", "RS256"]);
    const audience = fc.string({ minLength: 1, maxLength: 200 }).filter((text) => text.trim() === text && !/\p{Cc}/u.test(text));
    const subject = fc.stringMatching(/^[a-z0-9-]{2,60}$/);
    const algorithms = fc.constantFrom<SignatureAlgorithm[]>(["ES256"], ["RS256"], ["RS256", "ES256"]);
    await fc.assert(
      fc.asyncProperty(audience, subject, algorithms, fc.integer({ min: 1, max: 4000 }), async (aud, sub, algs, maxAge) => {
        const identity = open(signer, { ...options, subject: sub }, keys);
        const { value } = await identity.assert({ ...REQUEST, audience: aud, algorithms: algs, maxAgeSeconds: maxAge });
        const expected = { audience: aud, issuer: ISSUER, subject: sub, currentDate: new Date(NOW * 1000), typ: "JWT" };
        const { payload, protectedHeader } = await jwtVerify((await value).reveal(), jwksOf(keys), expected);
        const { iat = Number.NaN, exp = Number.NaN } = payload;
        assert.equal(protectedHeader.alg, algs[0]);
        assert.ok(Number.isInteger(iat) && Number.isInteger(exp));
        assert.ok(iat <= NOW && exp > NOW && exp - iat <= Math.min(300, maxAge));
        assert.equal("azp" in payload, false);
      }),
      { numRuns: 60 },
    );
  });

  it("puts configured tags into tokens for a role only, and lets the request win", async () => {
    const configured = { tags: { Team: "blue", Site: "north" }, transitiveTags: ["Site"], sourceIdentity: "alice" };
    const { signer, keys, options } = await makeDevice(["ES256"], configured);
    const identity = open(signer, options, keys);
    const plain = decodeJwt((await (await identity.assert(REQUEST)).value).reveal());
    assert.deepEqual(Object.keys(plain).sort(), ["aud", "exp", "iat", "iss", "jti", "sub"]);
    const tags = { principal: { team: "red" }, transitive: [] };
    const claims = decodeJwt((await (await identity.assert({ ...REQUEST, forRole: ROLE, tags })).value).reveal());
    assert.deepEqual(claims["https://aws.amazon.com/tags"], {
      principal_tags: { Site: ["north"], team: ["red"] },
      transitive_tag_keys: ["Site"],
    });
    assert.equal(claims["https://aws.amazon.com/source_identity"], "alice");
  });

  it("uses the first algorithm of the request whose key is published", async () => {
    const { signer, keys, options } = await makeDevice(["ES256", "RS256"]);
    const rsa = keys.filter(({ algorithm }) => algorithm === "RS256");
    const { value } = await open(signer, options, rsa).assert(REQUEST);
    await jwtVerify((await value).reveal(), jwksOf(rsa), { currentDate: new Date(NOW * 1000), algorithms: ["RS256"] });
  });

  it("refuses what it cannot answer, each with its code", async () => {
    const { signer, keys, options } = await makeDevice();
    const identity = open(signer, options, keys);
    assert.equal(await code(identity.assert({ ...REQUEST, form: "saml" })), "ASSERTION_UNSUPPORTED");
    assert.equal(await code(identity.assert({ ...REQUEST, algorithms: ["RS256"] })), "KEY_ABSENT");
    assert.equal(await code(identity.assert({ ...REQUEST, algorithms: [] })), "ALGORITHM_UNSUPPORTED");
    for (const audience of ["", " x", "a\nb", "x".repeat(1001)]) {
      assert.equal(await code(identity.assert({ ...REQUEST, audience })), "AUDIENCE_INVALID");
    }
    const elliptic: Signer = { ...signer, algorithms: ["ES256"] };
    const only = open(elliptic, options, keys);
    assert.equal(await code(only.assert({ ...REQUEST, algorithms: ["RS256"] })), "ALGORITHM_UNSUPPORTED");
    assert.equal(await code(open(signer, { ...options, issuer: null }, keys).assert(REQUEST)), "ISSUER_ABSENT");
  });

  it("lets no token out that the published documents would not verify", async () => {
    const { signer, keys, options } = await makeDevice();
    const other = await makeDevice();
    assert.equal(await code(open(signer, options, []).assert(REQUEST)), "KEY_UNPUBLISHED");
    assert.equal(await code(open(signer, options, other.keys).assert(REQUEST)), "KEY_UNPUBLISHED");
    assert.equal(
      await code(open(signer, options, keys, { issuer: "https://id.example.com/old" }).assert(REQUEST)),
      "KEY_UNPUBLISHED",
    );
    // Published under our kid, but another key: what a hand-edited JWKS may hold.
    const [ours] = keys as [PublicKey];
    const [theirs] = other.keys as [PublicKey];
    assert.equal(await code(open(signer, options, [{ ...theirs, kid: ours.kid }]).assert(REQUEST)), "KEY_UNPUBLISHED");
    // A signer whose hardware answers with a signature of something else.
    const broken: Signer = {
      ...signer,
      signingKey: async (algorithm) => {
        const key = await signer.signingKey(algorithm);
        return key === null ? null : { ...key, sign: () => key.sign(Buffer.from("something else")) };
      },
    };
    assert.equal(await code((await open(broken, options, keys).assert(REQUEST)).value), "SIGNER_FAILED");
  });

  it("gives the token while it is being signed, with its length, unless a person is needed", async () => {
    const { signer, keys, options } = await makeDevice(["ES256", "RS256"]);
    let finish = (): void => undefined;
    const waiting = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const slow = (presence: Signer["description"]["presence"]): Signer => ({
      ...signer,
      description: { ...signer.description, presence },
      signingKey: async (algorithm) => {
        const key = await signer.signingKey(algorithm);
        return key === null ? null : { ...key, sign: async (message) => waiting.then(() => key.sign(message)) };
      },
    });
    const early = await open(slow("none"), options, keys).assert(REQUEST);
    const rsa = await open(slow("none"), options, keys).assert({ ...REQUEST, algorithms: ["RS256"] });
    let touched = false;
    const touch = open(slow("touch"), options, keys).assert(REQUEST);
    void touch.then(() => {
      touched = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(touched, false);
    finish();
    for (const { value, length } of [early, rsa, await touch]) assert.equal((await value).reveal().length, length);
  });

  it("reads nothing but the two stored documents", async () => {
    const { signer, keys, options } = await makeDevice();
    const asked: string[] = [];
    const stored = open(signer, options, keys);
    const identity = deviceIdentity({
      name: "laptop",
      options,
      signer,
      published: {
        read: async (path) => {
          asked.push(path);
          return null;
        },
      },
      clock: { now: () => NOW, offsetSeconds: 0, learn: () => undefined },
      random: (count) => new Uint8Array(count),
    });
    assert.equal(await code(identity.assert(REQUEST)), "KEY_UNPUBLISHED");
    assert.deepEqual(asked.sort(), [DISCOVERY_PATH, JWKS_PATH]);
    assert.deepEqual((await stored.describe()).subject, "laptop-abcdefghij");
  });
});
