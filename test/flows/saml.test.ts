import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
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

test("AWS takes base64 with padding, and no other form of it", async () => {
  const [padded = ""] = ["", " "].map((end) => base64(world.idp.response() + end)).filter((text) => text.endsWith("="));
  for (const [given, code] of [
    [padded, null],
    [padded.replace(/=+$/, ""), "InvalidIdentityToken"],
    [padded.replace(/.{76}/g, "$&\n"), "InvalidIdentityToken"],
  ] as const)
    assert.equal(await world.stsCode(given), code);
});

test("credentials end with the provider's session, and that is said", async () => {
  world.warnings.length = 0;
  const credentials = await world.redeem(base64(world.idp.assertion({ sessionEndsAt: now + 1200 })));
  assert.equal(credentials.expiresAt, now + 1200);
  assert.match(world.warnings.join("\n"), /session ends in 20m/);
});

test("an assertion may shorten the session, and not lengthen it", async () => {
  for (const [said, seconds] of [
    ["900", 900],
    ["43200", 3600],
  ] as const) {
    const extra = attribute("https://aws.amazon.com/SAML/Attributes/SessionDuration", said);
    assert.equal((await world.redeem(base64(world.idp.assertion({ extra })))).expiresAt, now + seconds, said);
  }
  const extra = attribute("https://aws.amazon.com/SAML/Attributes/SessionDuration", "899");
  const fault = await refusal(world.redeem(base64(world.idp.assertion({ extra }))));
  assert.equal(fault.details["cloudCode"], "InvalidIdentityToken");
});

describe("a role that asks for an attribute of the person", () => {
  const EDU = "urn:oid:1.3.6.1.4.1.5923.1.1.1";
  const MAIL = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress";
  const staff = { "ForAnyValue:StringEquals": { "saml:edupersonaffiliation": "staff" } };
  const ann = { StringEquals: { "saml:mail": "ann@example.com" } };
  const cases: readonly [condition: object, extra: string, isLetIn: boolean][] = [
    [staff, attribute(`${EDU}.1`, "member", "staff"), true],
    [staff, attribute(`${EDU}.1`, "student"), false],
    [staff, "", false],
    [staff, attribute("eduPersonAffiliation", "staff"), false],
    [ann, attribute(MAIL, "ann@example.com"), true],
    [ann, attribute(MAIL, "eve@example.com") + attribute(MAIL, "ann@example.com"), false],
    [{ StringLike: { "saml:edupersonprincipalname": "*@example.com" } }, attribute(`${EDU}.6`, "ann@example.com"), true],
  ];
  for (const [condition, extra, isLetIn] of cases) {
    test(`${isLetIn ? "lets in" : "keeps out"} ${extra.replace(/<[^>]*Name="([^"]*)"[^>]*>|<[^>]*>/g, "$1 ") || "nobody in particular"}`, async () => {
      const role = ROLE.replace("saml-dev", "saml-edu");
      const statement = {
        Effect: "Allow",
        Principal: { Federated: PROVIDER },
        Action: "sts:AssumeRoleWithSAML",
        Condition: condition,
      };
      const file = { arn: role, trustPolicy: { Version: "2012-10-17", Statement: [statement] } };
      writeFileSync(join(world.sandbox.folder, "iam", "roles", "saml-edu.json"), JSON.stringify(file));
      const given = base64(world.idp.assertion({ extra, roles: [`${role},${PROVIDER}`] }));
      const redeemed = world.redeem(given, { options: { roleArn: role } });
      if (isLetIn) assert.equal((await redeemed).assumedRoleArn, "arn:aws:sts::123456789012:assumed-role/saml-edu/ann");
      else assert.equal((await refusal(redeemed)).details["cloudCode"], "AccessDenied");
    });
  }
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

function attribute(name: string, ...values: readonly string[]): string {
  const texts = values.map((value) => `<saml:AttributeValue>${value}</saml:AttributeValue>`).join("");
  return `<saml:AttributeStatement><saml:Attribute Name="${name}">${texts}</saml:Attribute></saml:AttributeStatement>`;
}

async function refusal(work: Promise<unknown>): Promise<Fault> {
  const outcome = await work.then(
    () => null,
    (cause: unknown) => cause,
  );
  assert.ok(outcome instanceof Fault, `expected a Fault, got ${String(outcome)}`);
  return outcome;
}
