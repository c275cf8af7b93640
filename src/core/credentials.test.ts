import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { type Credentials, encodeCredentials, parseCredentials, refreshWindowSeconds } from "./credentials.ts";
import { Secret } from "./secret.ts";

const instant = fc.integer({ min: 0, max: 4_000_000_000 });
const text = fc.string({ minLength: 1 });
const credentials: fc.Arbitrary<Credentials> = fc.oneof(
  fc.record({
    kind: fc.constant("aws" as const),
    accessKeyId: text,
    secretAccessKey: text.map((value) => new Secret("secret access key", value)),
    sessionToken: text.map((value) => new Secret("session token", value)),
    issuedAt: instant,
    expiresAt: instant,
    assumedRoleArn: fc.string(),
    region: fc.string(),
  }),
  fc.record({
    kind: fc.constant("bearer" as const),
    token: text.map((value) => new Secret("token", value)),
    audience: fc.string(),
    issuedAt: instant,
    expiresAt: instant,
  }),
);

/** The values, with what is secret opened, because all secrets of one label look alike. */
function opened(of: Credentials): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(of).map(([name, value]) => [name, value instanceof Secret ? value.reveal() : value]));
}

describe("what the store seals", () => {
  test("opens as the same credentials", () => {
    fc.assert(
      fc.property(credentials, (of) => {
        const read = parseCredentials(encodeCredentials(of));
        assert.ok(read !== null);
        assert.deepEqual(opened(read), opened(of));
      }),
    );
  });

  test("in another shape counts as absent", () => {
    const shapes = [
      "",
      "null",
      "1",
      "[]",
      "{}",
      '{"kind":"aws"}',
      '{"kind":"bearer","token":""}',
      '{"kind":"ssh","token":"x"}',
      "{",
    ];
    for (const shape of shapes) assert.equal(parseCredentials(new Secret("credentials", shape)), null, shape);
    fc.assert(
      fc.property(fc.json(), (json) => {
        const read = parseCredentials(new Secret("credentials", json));
        assert.ok(read === null || Number.isSafeInteger(read.expiresAt));
      }),
    );
  });

  test("without an end that is a number has ended", () => {
    const sealed = JSON.stringify({ kind: "bearer", token: "x", audience: "y", issuedAt: 1, expiresAt: "never" });
    assert.equal(parseCredentials(new Secret("credentials", sealed))?.expiresAt, 0);
  });
});

describe("the refresh window", () => {
  const aws = (life: number): number => {
    const [issuedAt, expiresAt] = [1_800_000_000, 1_800_000_000 + life];
    const secret = new Secret("x", "x");
    return refreshWindowSeconds({
      kind: "aws",
      accessKeyId: "x",
      secretAccessKey: secret,
      sessionToken: secret,
      issuedAt,
      expiresAt,
      assumedRoleArn: "",
      region: "",
    });
  };

  test("of AWS credentials is the 15 minutes of botocore, and a third of a life shorter than 45 minutes", () => {
    assert.deepEqual([43_200, 3600, 2700, 2699, 900, 3, 0].map(aws), [900, 900, 900, 899, 300, 1, 0]);
  });

  test("of a token is a minute at most", () => {
    const bearer = (expiresAt: number): number =>
      refreshWindowSeconds({ kind: "bearer", token: new Secret("x", "x"), audience: "", issuedAt: 0, expiresAt });
    assert.deepEqual([300, 180, 60].map(bearer), [60, 60, 20]);
  });
});
