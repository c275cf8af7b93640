import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { PublicKey } from "../../core/signer.ts";
import { discoveryDocument } from "../../wire/issuer-documents/discovery.ts";
import { jwksMembers } from "../../wire/issuer-documents/jwks-document.ts";
import { jwkThumbprint } from "../../wire/jwk/thumbprint.ts";
import type { FetchedDocument, FetchedIssuer } from "./issuer-facts.ts";
import { judgeIssuer } from "./judge-issuer.ts";

const ISSUER = "https://id.example.com/laptop";

/** RFC 7517 appendix A.1 and RFC 7638 §3.1. */
const EC = {
  kty: "EC",
  crv: "P-256",
  x: "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",
  y: "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM",
} as const;
const RSA = {
  kty: "RSA",
  n: "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw",
  e: "AQAB",
} as const;
const EC_KEY: PublicKey = { kid: jwkThumbprint(EC), algorithm: "ES256", jwk: EC };
const RSA_KEY: PublicKey = { kid: jwkThumbprint(RSA), algorithm: "RS256", jwk: RSA };
const OURS = [EC_KEY, RSA_KEY];

const HEADERS = { "content-type": "application/json", "cache-control": "public, max-age=300" };
const members = (key: PublicKey) => jwksMembers(key, null) as Record<string, unknown>;

interface Parts {
  discovery: FetchedDocument;
  jwks: FetchedDocument;
  keys: Record<string, unknown>[];
  issuer: string;
}

/** A perfect issuer, after one change. */
function issuer(change: (parts: Parts) => void = () => undefined): FetchedIssuer {
  const parts: Parts = {
    issuer: ISSUER,
    discovery: {
      url: `${ISSUER}/.well-known/openid-configuration`,
      status: 200,
      headers: HEADERS,
      body: discoveryDocument(ISSUER, ["ES256", "RS256"]).body,
    },
    jwks: { url: `${ISSUER}/keys.json`, status: 200, headers: HEADERS, body: "" },
    keys: OURS.map(members),
  };
  change(parts);
  const body = parts.jwks.body === "" ? JSON.stringify({ keys: parts.keys }) : parts.jwks.body;
  return { issuer: parts.issuer, discovery: parts.discovery, jwks: { ...parts.jwks, body } };
}

function outcomes(fetched: FetchedIssuer, ours: readonly PublicKey[] = OURS): Record<string, string> {
  return Object.fromEntries(judgeIssuer(fetched, ours).judgements.map(({ verifier, verdict }) => [verifier, verdict.outcome]));
}

/** Where the first reason of each verifier lies. */
function places(fetched: FetchedIssuer, ours: readonly PublicKey[] = OURS): Record<string, string | null> {
  return Object.fromEntries(
    judgeIssuer(fetched, ours).judgements.map(({ verifier, verdict }) => [
      verifier,
      verdict.outcome === "refused" ? (verdict.because[0]?.at ?? "") : null,
    ]),
  );
}

const ALL = { aws: "allowed", gcp: "allowed", entra: "allowed" };
const NONE = { aws: "refused", gcp: "refused", entra: "refused" };

describe("the documents of an issuer", () => {
  it("are taken by every cloud as brevet generates them, without a word of advice", () => {
    const { judgements, advice } = judgeIssuer(issuer(), OURS);
    assert.deepEqual(outcomes(issuer()), ALL);
    assert.deepEqual(advice, []);
    assert.deepEqual(
      judgements.flatMap((judgement) => judgement.advice),
      [],
    );
  });

  it("need an RSA key for Entra, which the other clouds do not", () => {
    const elliptic = issuer((parts) => {
      parts.keys = [members(EC_KEY)];
    });
    assert.deepEqual(outcomes(elliptic, [EC_KEY]), { aws: "allowed", gcp: "allowed", entra: "refused" });
    assert.deepEqual(outcomes(elliptic), { aws: "allowed", gcp: "allowed", entra: "refused" });
  });

  const refusedByAll: readonly (readonly [string, string, (parts: Parts) => void])[] = [
    ["a discovery document that is not there", "openid-configuration", (parts) => set(parts, "discovery", { status: 404 })],
    [
      "a redirect",
      "openid-configuration",
      (parts) => set(parts, "discovery", { status: 301, headers: { location: "https://x" } }),
    ],
    ["HTML in its place", "openid-configuration", (parts) => set(parts, "discovery", { body: "<html></html>" })],
    [
      "a document without jwks_uri",
      "openid-configuration",
      (parts) => set(parts, "discovery", { body: `{"issuer":"${ISSUER}"}` }),
    ],
    [
      "another issuer in it, if only by a slash",
      "openid-configuration issuer",
      (parts) => set(parts, "discovery", { body: discoveryDocument(`${ISSUER}/`, ["ES256", "RS256"]).body }),
    ],
    [
      "keys without TLS",
      "openid-configuration jwks_uri",
      (parts) =>
        set(parts, "discovery", { body: parts.discovery.body.replace(`${ISSUER}/keys.json`, "http://id.example.com/k") }),
    ],
    [
      "keys behind a password",
      "openid-configuration jwks_uri",
      (parts) =>
        set(parts, "discovery", { body: parts.discovery.body.replace("//id.example.com/laptop/k", "//ann:pw@x.example/k") }),
    ],
    [
      "keys at what is no URL",
      "openid-configuration jwks_uri",
      (parts) => set(parts, "discovery", { body: parts.discovery.body.replace(`${ISSUER}/keys.json`, "https://:/k") }),
    ],
    ["a JWKS that is not there", "keys.json", (parts) => set(parts, "jwks", { status: 403 })],
    ["a JWKS that is none", "keys.json", (parts) => set(parts, "jwks", { body: "[]" })],
    ["an empty JWKS", "keys.json", (parts) => void parts.keys.splice(0)],
    ["keys without a kid", "keys.json", (parts) => eachKey(parts, ({ kid: _, ...key }) => key)],
    [
      "other keys under our kid",
      "keys.json",
      (parts) => {
        parts.keys = parts.keys.map((key, index) => ({ ...parts.keys[1 - index], kid: key["kid"] }));
      },
    ],
    ["each key twice", "keys.json", (parts) => void parts.keys.push(...parts.keys)],
    ["keys for another algorithm", "keys.json", (parts) => eachKey(parts, (key) => ({ ...key, alg: "PS256" }))],
    ["keys for encryption", "keys.json", (parts) => eachKey(parts, (key) => ({ ...key, use: "enc" }))],
  ];
  for (const [title, at, change] of refusedByAll) {
    it(`are refused by every cloud with ${title}`, () => {
      const fetched = issuer(change);
      assert.deepEqual(outcomes(fetched), NONE);
      for (const place of Object.values(places(fetched))) assert.ok(place?.endsWith(at), `${place}`);
    });
  }

  it("are taken without the members that may be left out", () => {
    assert.deepEqual(outcomes(issuer((parts) => eachKey(parts, ({ alg: _, use: __, ...key }) => key))), ALL);
  });

  it("may hold 100 keys of a type for AWS and not one more", () => {
    const many = (count: number) =>
      issuer((parts) => {
        for (let index = parts.keys.length; index <= count; index++)
          parts.keys.push({ ...members(EC_KEY), kid: `other-${index}` });
      });
    assert.deepEqual(outcomes(many(100)), ALL);
    assert.deepEqual(outcomes(many(101)), { ...ALL, aws: "refused" });
  });

  it("may not have a longer URL than AWS takes", () => {
    const long = `https://id.example.com/${"a".repeat(233)}`;
    const fetched = issuer((parts) => {
      parts.issuer = long;
      set(parts, "discovery", { body: discoveryDocument(long, ["ES256", "RS256"]).body });
    });
    assert.equal(long.length, 256);
    assert.deepEqual(outcomes(fetched), { ...ALL, aws: "refused" });
  });
});

describe("advice on an issuer", () => {
  const told: readonly (readonly [string, string, (parts: Parts) => void])[] = [
    ["keys of others", "keys.json", (parts) => void parts.keys.push({ ...members(EC_KEY), kid: "other" })],
    ["no cache header", "cache-control", (parts) => set(parts, "jwks", { headers: { "content-type": "application/json" } })],
    [
      "a day of caching",
      "cache-control",
      (parts) => set(parts, "jwks", { headers: { ...HEADERS, "cache-control": "max-age=86400" } }),
    ],
    [
      "a type that is not JSON",
      "content-type",
      (parts) => set(parts, "jwks", { headers: { ...HEADERS, "content-type": "text/plain" } }),
    ],
    [
      "a large JWKS",
      "keys.json",
      (parts) => set(parts, "jwks", { body: `${JSON.stringify({ keys: parts.keys })}${" ".repeat(140_000)}` }),
    ],
    [
      "an algorithm that is not promised",
      "id_token_signing_alg_values_supported",
      (parts) => set(parts, "discovery", { body: discoveryDocument(ISSUER, ["RS256"]).body }),
    ],
  ];
  for (const [title, at, change] of told) {
    it(`is given for ${title}, and nobody refuses`, () => {
      const fetched = issuer(change);
      assert.deepEqual(outcomes(fetched), ALL);
      const { advice } = judgeIssuer(fetched, OURS);
      assert.equal(advice.length, 1);
      assert.ok(advice[0]?.at.endsWith(at), advice[0]?.at);
    });
  }

  it("is not given for a key of our own rotation", () => {
    const [first, ...others] = OURS;
    assert.ok(first !== undefined && others.length > 0);
    assert.match(judgeIssuer(issuer(), [first]).advice[0]?.meaning ?? "", /keys that this device does not have/);
    assert.deepEqual(judgeIssuer(issuer(), [first], OURS).advice, []);
  });

  it("is not given where nothing may be kept", () => {
    for (const header of ["no-store", "private, no-cache", "public, max-age=0"]) {
      const fetched = issuer((parts) => set(parts, "jwks", { headers: { ...HEADERS, "cache-control": header } }));
      assert.deepEqual(judgeIssuer(fetched, OURS).advice, [], header);
    }
  });

  it("tells what Google's upload would refuse", () => {
    const fetched = issuer((parts) => eachKey(parts, (key) => ({ ...key, x5c: ["MIIB"], key_ops: ["verify"] })));
    assert.deepEqual(outcomes(fetched), ALL);
    const google = judgeIssuer(fetched, OURS).judgements.find(({ verifier }) => verifier === "gcp");
    assert.deepEqual(
      google?.advice.map(({ saw }) => saw),
      [["key_ops", "x5c"]],
    );
  });
});

function set(parts: Parts, which: "discovery" | "jwks", change: Partial<FetchedDocument>): void {
  parts[which] = { ...parts[which], ...change };
}

type Members = Record<string, unknown>;

function eachKey(parts: Parts, change: (key: Members) => Members): void {
  parts.keys = parts.keys.map(change);
}
