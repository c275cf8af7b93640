import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import type { AwsCredentials } from "../../src/core/credentials.ts";
import type { Proof } from "../../src/core/exchange.ts";
import { Fault } from "../../src/core/fault.ts";
import type { FaultCode } from "../../src/core/fault-codes.ts";
import { Secret } from "../../src/core/secret.ts";
import { awsExchange } from "../../src/exchanges/aws/aws-exchange.ts";
import { parseAwsOptions } from "../../src/exchanges/aws/options.ts";
import { createHttp } from "../../src/platform/http/create-http.ts";
import { ENTITY, makeSamlIssuer, PAIR, PROVIDER, ROLE, type SamlIssuer, writeResponse } from "./saml-issuer.ts";
import { form, send, startTestSandbox, type TestIssuer } from "./sandbox-issuer.ts";

/** The SAML exchange against the sandbox, which verifies signatures, issuer, recipient, audience and times with another library. */

let world: TestIssuer;
let idp: SamlIssuer;
let stranger: SamlIssuer;
const warnings: string[] = [];
before(async () => {
  world = await startTestSandbox();
  [idp, stranger] = await Promise.all([makeSamlIssuer(world.clock.seconds), makeSamlIssuer(world.clock.seconds)]);
  idp.register(world.folder);
  mkdirSync(join(world.folder, "iam", "roles"), { recursive: true });
  const statement = {
    Effect: "Allow",
    Principal: { Federated: PROVIDER },
    Action: "sts:AssumeRoleWithSAML",
    Condition: { StringEquals: { "SAML:aud": "https://signin.aws.amazon.com/saml", "SAML:iss": ENTITY } },
  };
  const role = { arn: ROLE, trustPolicy: { Version: "2012-10-17", Statement: [statement] } };
  writeFileSync(join(world.folder, "iam", "roles", "saml-dev.json"), JSON.stringify(role));
});
after(() => world.close());

const base64 = (text: string): string => Buffer.from(text, "utf8").toString("base64");
const base64url = (text: string): string => Buffer.from(text, "utf8").toString("base64url");

async function redeem(given: string, options: Readonly<Record<string, unknown>> = {}): Promise<AwsCredentials> {
  const environment = { AWS_ENDPOINT_URL_STS: world.sandbox.url, AWS_CA_BUNDLE: world.sandbox.caFile };
  const value = new Secret("assertion", given);
  const assertion = { form: "saml", value, audience: "urn:amazon:webservices", expiresAt: world.clock.seconds + 60 } as const;
  const exchange = awsExchange({
    options: parseAwsOptions({ roleArn: ROLE, saml: {}, ...options }, "profiles.dev.aws"),
    http: createHttp({ environment }),
    clock: { now: () => world.clock.seconds, offsetSeconds: 0, learn: () => undefined },
    environment,
    warn: (line) => warnings.push(line),
    subject: null,
  });
  return (await exchange.redeem({ kind: "assertion", assertion } satisfies Proof)) as AwsCredentials;
}

/** The same bytes at the sandbox, with no client of ours before it. */
async function stsCode(response: string): Promise<string | null> {
  const parameters = { Action: "AssumeRoleWithSAML", Version: "2011-06-15", RoleArn: ROLE, PrincipalArn: PROVIDER };
  const body = form({ ...parameters, SAMLAssertion: base64(response) });
  const headers = { "content-type": "application/x-www-form-urlencoded", host: "sts.us-east-1.amazonaws.com" };
  return (
    await send(world.sandbox, {
      ca: readFileSync(world.sandbox.caFile, "utf8"),
      servername: "sts.us-east-1.amazonaws.com",
      headers,
      body,
    })
  ).code;
}

describe("an assertion becomes credentials", () => {
  const forms: readonly [name: string, given: () => string][] = [
    ["a bare assertion, base64url without padding, as Keycloak gives it", () => base64url(idp.assertion())],
    ["a bare assertion, base64 with padding", () => base64(idp.assertion())],
    ["an assertion with an XML declaration", () => base64(`<?xml version="1.0" encoding="UTF-8"?>\n${idp.assertion()}`)],
    ["a response around a signed assertion", () => base64(writeResponse(idp.assertion()))],
    ["a signed response", () => base64url(idp.response())],
    ["a role with its ARNs in the other order", () => base64(idp.assertion({ roles: [`${PROVIDER},${ROLE}`] }))],
    ["one of several roles", () => base64(idp.assertion({ roles: [`arn:aws:iam::123456789012:role/a,${PROVIDER}`, PAIR] }))],
    ["an assertion without an end of the session", () => base64(idp.assertion({ sessionEndsAt: null }))],
  ];
  for (const [name, given] of forms) {
    test(name, async () => {
      const credentials = await redeem(given());
      assert.equal(credentials.assumedRoleArn, "arn:aws:sts::123456789012:assumed-role/saml-dev/ann");
      assert.equal(credentials.expiresAt, world.clock.seconds + 3600);
    });
  }
});

test("credentials end with the provider's session, and that is said", async () => {
  warnings.length = 0;
  const credentials = await redeem(base64(idp.assertion({ sessionEndsAt: world.clock.seconds + 1200 })));
  assert.equal(credentials.expiresAt, world.clock.seconds + 1200);
  assert.match(warnings.join("\n"), /session ends in 20m/);
});

test("a duration that the role does not allow is refused by AWS, not shortened", async () => {
  const fault = await refusal(redeem(base64(idp.assertion()), { duration: "4h" }));
  assert.equal(fault.code, "EXCHANGE_REFUSED");
  assert.equal(fault.details["cloudCode"], "ValidationError");
});

const EVIL = `${ROLE}-admin,${PROVIDER}`;
const XXE = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]>';

/** The assertion moved away under another element, and a forged one in its place, as signature wrapping does. */
function wrapped(): string {
  const signed = idp.assertion();
  const forged = idp.assertion({ roles: [EVIL] }, { sign: false }).replace('ID="a1"', 'ID="a2"');
  return writeResponse(`${forged}<samlp:Extensions>${signed}</samlp:Extensions>`);
}

/** A forged assertion that carries the signature of another one. */
function transplanted(): string {
  const [signature = ""] = /<(?:\w+:)?Signature[ >][\s\S]*<\/(?:\w+:)?Signature>/.exec(idp.assertion()) ?? [];
  return writeResponse(idp.assertion({ roles: [EVIL], extra: signature }, { sign: false }).replace('ID="a1"', 'ID="a2"'));
}

interface Bad {
  readonly name: string;
  readonly code: FaultCode;
  /** The response as it would be sent. */
  readonly response: () => string;
  /** What AWS's stand-in says to the same bytes; null where the client alone can refuse. */
  readonly sts: string | null;
}

const BAD: readonly Bad[] = [
  {
    name: "two assertions",
    code: "SAML_AMBIGUOUS",
    response: () => writeResponse(idp.assertion() + idp.assertion().replace('ID="a1"', 'ID="a2"')),
    sts: "InvalidIdentityToken",
  },
  { name: "a signed assertion moved away", code: "SAML_AMBIGUOUS", response: wrapped, sts: "InvalidIdentityToken" },
  { name: "the signature of another assertion", code: "SAML_AMBIGUOUS", response: transplanted, sts: "InvalidIdentityToken" },
  {
    name: "one ID on two elements",
    code: "SAML_AMBIGUOUS",
    response: () => writeResponse(idp.assertion()).replace('ID="r1"', 'ID="a1"'),
    sts: null,
  },
  {
    name: "no signature",
    code: "SAML_UNSIGNED",
    response: () => writeResponse(idp.assertion({}, { sign: false })),
    sts: "InvalidIdentityToken",
  },
  {
    name: "an external entity",
    code: "SAML_ENTITIES",
    response: () => XXE + writeResponse(idp.assertion({ sessionName: "&x;" }, { sign: false })),
    sts: "InvalidIdentityToken",
  },
  {
    name: "another audience",
    code: "SAML_AUDIENCE_WRONG",
    response: () => writeResponse(idp.assertion({ audience: "https://app.example" })),
    sts: "InvalidIdentityToken",
  },
  {
    name: "another recipient",
    code: "SAML_RECIPIENT_WRONG",
    response: () => writeResponse(idp.assertion({ recipient: "https://signin.aws.amazon.com.evil.example/saml" })),
    sts: "InvalidIdentityToken",
  },
  {
    name: "an end in the past",
    code: "SAML_EXPIRED",
    response: () => writeResponse(idp.assertion({ issuedAt: world.clock.seconds - 2000, endsAt: world.clock.seconds - 1000 })),
    sts: "ExpiredTokenException",
  },
  {
    name: "a beginning in the future",
    code: "SAML_EXPIRED",
    response: () => writeResponse(idp.assertion({ issuedAt: world.clock.seconds + 1000, endsAt: world.clock.seconds + 2000 })),
    sts: "ExpiredTokenException",
  },
  {
    name: "a provider's session that has ended",
    code: "SAML_EXPIRED",
    response: () => writeResponse(idp.assertion({ sessionEndsAt: world.clock.seconds - 100 })),
    sts: "ExpiredTokenException",
  },
  { name: "no role", code: "ROLE_UNOFFERED", response: () => writeResponse(idp.assertion({ roles: [] })), sts: "AccessDenied" },
  {
    name: "exactly one role, and another one",
    code: "ROLE_UNOFFERED",
    response: () => writeResponse(idp.assertion({ roles: [EVIL] })),
    sts: "AccessDenied",
  },
  {
    name: "a role that is no pair",
    code: "SAML_MALFORMED",
    response: () => writeResponse(idp.assertion({ roles: [ROLE] })),
    sts: "AccessDenied",
  },
  {
    name: "5 MB",
    code: "SAML_OVERSIZE",
    response: () => writeResponse(idp.assertion({ extra: `<a>${"x".repeat(5e6)}</a>` })),
    sts: null,
  },
  { name: "elements without end", code: "SAML_MALFORMED", response: () => "<a>".repeat(20_000), sts: "InvalidIdentityToken" },
  { name: "what is no XML", code: "SAML_MALFORMED", response: () => "<html><body>Log in</body>", sts: "InvalidIdentityToken" },
];

for (const { name, code, response, sts } of BAD) {
  test(`${name} is refused`, async () => {
    const before = world.records.length;
    const given = response();
    const fault = await refusal(redeem(base64(given)));
    assert.equal(fault.code, code, fault.message);
    assert.equal(world.records.length, before, "nothing was sent");
    assert.ok(JSON.stringify([fault.message, fault.hints]).length < 800);
    if (sts !== null) assert.equal(await stsCode(given), sts);
  });
}

const FOREIGN: readonly [name: string, given: () => string][] = [
  ["signed by somebody else", () => writeResponse(stranger.assertion())],
  ["changed after it was signed", () => writeResponse(idp.assertion().replace(">ann<", ">eve<"))],
  ["of another issuer", () => writeResponse(idp.assertion({ issuer: "https://other.example" }))],
];
for (const [name, given] of FOREIGN) {
  test(`an assertion ${name} is refused by AWS`, async () => {
    const fault = await refusal(redeem(base64(given())));
    assert.equal(fault.details["cloudCode"], "InvalidIdentityToken");
  });
}

test("what is no base64 is refused", async () => {
  for (const given of ["", "%%%", "ab+_", "a", "PHh4\nPg=="]) assert.equal((await refusal(redeem(given))).code, "SAML_MALFORMED");
});

test("a comment in a value hides nothing of it", async () => {
  const role = PAIR.replace("saml-dev", "saml-dev<!-- -->-admin");
  assert.equal((await refusal(redeem(base64(idp.assertion({ roles: [role] }))))).code, "ROLE_UNOFFERED");
});

async function refusal(work: Promise<unknown>): Promise<Fault> {
  const outcome = await work.then(
    () => null,
    (cause: unknown) => cause,
  );
  assert.ok(outcome instanceof Fault, `expected a Fault, got ${String(outcome)}`);
  return outcome;
}
