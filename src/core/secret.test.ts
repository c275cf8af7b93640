import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { format, inspect } from "node:util";
import { type Credentials, encodeCredentials } from "./credentials.ts";
import type { Proof } from "./exchange.ts";
import { Fault } from "./fault.ts";
import { Secret } from "./secret.ts";

/** What must be in no rendering, whole or in part. */
const PLANTED = "wJalrXUtnFEMI-planted-secret";

const secret = (label: string): Secret<string> => new Secret(label, PLANTED);

const life = { issuedAt: 1_800_000_000, expiresAt: 1_800_003_600 };
const aws: Credentials = {
  kind: "aws",
  accessKeyId: "ASIAEXAMPLE",
  secretAccessKey: secret("secret access key"),
  sessionToken: secret("session token"),
  ...life,
  assumedRoleArn: "arn:aws:sts::123456789012:assumed-role/dev/laptop",
  region: "eu-west-1",
};
const bearer: Credentials = { kind: "bearer", token: secret("token"), audience: "https://app.example.com", ...life };
const assertionValue = secret("assertion");
const assertion = {
  form: "jwt",
  value: Promise.resolve(assertionValue),
  audience: "sts.amazonaws.com",
  expiresAt: 1_800_000_300,
} as const;
const proofs: readonly Proof[] = [
  { kind: "assertion", assertion, identity: "laptop" },
  { kind: "credentials", credentials: aws, profile: "other" },
];

/** Each type of ours that carries a secret, as it goes from hand to hand. */
const CARRIERS: Readonly<Record<string, unknown>> = {
  "a secret": secret("token"),
  "a secret of bytes": new Secret("key", Buffer.from(PLANTED)),
  "AWS credentials": aws,
  "a bearer token": bearer,
  "sealed credentials": encodeCredentials(aws),
  "an assertion": assertion,
  proofs,
  "a fault about them": new Fault("EXCHANGE_REFUSED", `the role refused ${assertionValue}`, {
    hints: [`take another than ${aws.secretAccessKey}`],
    cause: new Error(`with ${bearer.token}`),
  }),
  "a map of them": new Map([["dev", aws]]),
};

const RENDERINGS: Readonly<Record<string, (value: unknown) => string>> = {
  "util.inspect": (value) => inspect(value, { depth: null, showHidden: true, getters: true }),
  "util.inspect without custom inspection": (value) => inspect(value, { depth: null, showHidden: true, customInspect: false }),
  "util.format": (value) => format("%s %o %O %j", value, value, value, value),
  "JSON.stringify": (value) => JSON.stringify([value, { value }]) ?? "",
  "a template string": (value) => `${value}`,
  concatenation: (value) => `is: ${String(value)}`,
  "its own keys and values": (value) => JSON.stringify(Object.entries(value as object)),
  "an error's stack": (value) => new Error(`${value}`).stack ?? "",
};

describe("a secret is in no rendering of what carries it", () => {
  for (const [carrier, value] of Object.entries(CARRIERS)) {
    for (const [rendering, render] of Object.entries(RENDERINGS)) {
      test(`${carrier} by ${rendering}`, () => {
        const text = render(value);
        const bytes = Buffer.from(PLANTED);
        for (const form of [
          PLANTED,
          bytes.toString("base64url"),
          bytes.toString("hex"),
          bytes.toString("hex").match(/../g)?.join(" ") ?? "",
        ])
          assert.equal(text.includes(form.slice(0, 12)), false, text);
      });
    }
  }
});

test("a token that an endpoint sent back is taken out of a fault", () => {
  const token = "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJsYXB0b3AifQ.c2lnbmF0dXJlLXNpZ25hdHVyZQ";
  const fault = new Fault("EXCHANGE_REFUSED", `AWS says: ${token} is bad`, {
    hints: [`look at ${token}`],
    details: { cloudCode: token, count: 1 },
  });
  assert.equal(fault.message, "AWS says: [token] is bad");
  assert.deepEqual([fault.hints, fault.details], [["look at [token]"], { cloudCode: "[token]", count: 1 }]);
  assert.equal(inspect(fault).includes(token.slice(25)), false);
});

test("a secret says what it is, and gives itself only when it is asked to", () => {
  const token = secret("session token");
  assert.equal(`${token}`, "[secret session token]");
  assert.equal(JSON.stringify({ token }), '{"token":"[secret session token]"}');
  assert.equal(token.reveal(), PLANTED);
});

test("two secrets of one label look alike, so that nobody learns whether they are the same", () => {
  assert.equal(inspect(new Secret("PIN", "1234")), inspect(new Secret("PIN", "4321")));
});
