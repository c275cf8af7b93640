import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { Fault } from "../../src/core/fault.ts";
import { openSamlWorld, type SamlWorld } from "./bad-input/saml-world.ts";
import { PAIR, PROVIDER, ROLE, writeResponse } from "./saml-issuer.ts";

/**
 * The SAML exchange against the sandbox, which verifies signatures, issuer, recipient, audience and times with another library. What is
 * refused before it is sent is in `bad-input.test.ts`.
 */

let world: SamlWorld;
let now: number;
before(async () => {
  world = await openSamlWorld();
  now = world.sandbox.clock.seconds;
});
after(() => world.close());

const base64 = (text: string): string => Buffer.from(text, "utf8").toString("base64");
const base64url = (text: string): string => Buffer.from(text, "utf8").toString("base64url");

describe("an assertion becomes credentials", () => {
  const forms: readonly [name: string, given: () => string][] = [
    ["a bare assertion, base64url without padding, as Keycloak gives it", () => base64url(world.idp.assertion())],
    ["a bare assertion, base64 with padding", () => base64(world.idp.assertion())],
    ["an assertion with an XML declaration", () => base64(`<?xml version="1.0" encoding="UTF-8"?>\n${world.idp.assertion()}`)],
    ["a response around a signed assertion", () => base64(writeResponse(world.idp.assertion()))],
    ["a signed response", () => base64url(world.idp.response())],
    ["a role with its ARNs in the other order", () => base64(world.idp.assertion({ roles: [`${PROVIDER},${ROLE}`] }))],
    [
      "one of several roles",
      () => base64(world.idp.assertion({ roles: [`arn:aws:iam::123456789012:role/a,${PROVIDER}`, PAIR] })),
    ],
    ["an assertion without an end of the session", () => base64(world.idp.assertion({ sessionEndsAt: null }))],
  ];
  for (const [name, given] of forms) {
    test(name, async () => {
      const credentials = await world.redeem(given());
      assert.equal(credentials.assumedRoleArn, "arn:aws:sts::123456789012:assumed-role/saml-dev/ann");
      assert.equal(credentials.expiresAt, now + 3600);
    });
  }
});

test("credentials end with the provider's session, and that is said", async () => {
  world.warnings.length = 0;
  const credentials = await world.redeem(base64(world.idp.assertion({ sessionEndsAt: now + 1200 })));
  assert.equal(credentials.expiresAt, now + 1200);
  assert.match(world.warnings.join("\n"), /session ends in 20m/);
});

test("a duration that the role does not allow is refused by AWS, not shortened", async () => {
  const fault = await refusal(world.redeem(base64(world.idp.assertion()), { options: { duration: "4h" } }));
  assert.equal(fault.code, "EXCHANGE_REFUSED");
  assert.equal(fault.details["cloudCode"], "ValidationError");
});

const FOREIGN: readonly [name: string, given: () => string][] = [
  ["signed by somebody else", () => writeResponse(world.stranger.assertion())],
  ["changed after it was signed", () => writeResponse(world.idp.assertion().replace(">ann<", ">eve<"))],
  ["of another issuer", () => writeResponse(world.idp.assertion({ issuer: "https://other.example" }))],
];
for (const [name, given] of FOREIGN) {
  test(`an assertion ${name} is refused by AWS`, async () => {
    const fault = await refusal(world.redeem(base64(given())));
    assert.equal(fault.details["cloudCode"], "InvalidIdentityToken");
  });
}

async function refusal(work: Promise<unknown>): Promise<Fault> {
  const outcome = await work.then(
    () => null,
    (cause: unknown) => cause,
  );
  assert.ok(outcome instanceof Fault, `expected a Fault, got ${String(outcome)}`);
  return outcome;
}
