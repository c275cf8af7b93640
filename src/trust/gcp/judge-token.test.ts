import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Fault } from "../../core/fault.ts";
import { judgeImpersonation, memberNames, parseAllowPolicy } from "./judge-impersonation.ts";
import { judgeGcpToken } from "./judge-token.ts";
import { parseGcpProvider } from "./provider.ts";

const NOW = 1_800_000_000;
const NAME = "projects/123456789012/locations/global/workloadIdentityPools/brevet/providers/laptop";
const POOL = NAME.split("/providers/")[0];
const ISSUER = "https://id.example.com/laptop";
const HEADER = { alg: "ES256", kid: "key-1" };
const CLAIMS = { iss: ISSUER, sub: "laptop-7f3a", aud: `https://iam.googleapis.com/${NAME}`, iat: NOW - 30, exp: NOW + 270 };

type Changes = Readonly<Record<string, unknown>>;

const resource = (changes: Changes = {}, oidc: Changes = {}): unknown => ({
  name: NAME,
  attributeMapping: { "google.subject": "assertion.sub" },
  oidc: { issuerUri: ISSUER, ...oidc },
  ...changes,
});
const judge = (claims: Changes = {}, header: Changes = {}, changes: Changes = {}, oidc: Changes = {}) =>
  judgeGcpToken(
    { header: { ...HEADER, ...header }, claims: { ...CLAIMS, ...claims } },
    parseGcpProvider(resource(changes, oidc), "the provider"),
    NOW,
  );

describe("a token at Google's STS", () => {
  test("is taken for the subject that the mapping gives", () => {
    const { verdict, principal } = judge();
    assert.equal(verdict.outcome, "allowed");
    assert.deepEqual(principal, { pool: POOL, subject: "laptop-7f3a", groups: [], attributes: {} });
  });

  test("may name the provider with or without https:", () => {
    assert.equal(judge({ aud: `//iam.googleapis.com/${NAME}` }).check, null);
    assert.equal(judge({ aud: ["other", `https://iam.googleapis.com/${NAME}`] }).check, null);
  });

  const refused: readonly (readonly [string, ReturnType<typeof judge>, string])[] = [
    ["another algorithm", judge({}, { alg: "RS512" }), "header"],
    ["no kid", judge({}, { kid: undefined }), "header"],
    ["another issuer, by a slash", judge({ iss: `${ISSUER}/` }), "issuer"],
    ["an iat one second ahead", judge({ iat: NOW + 1 }), "times"],
    ["an iat of more than a day ago", judge({ iat: NOW - 86_401 }), "times"],
    ["an iat that is a text", judge({ iat: String(NOW) }), "times"],
    ["an exp that is now", judge({ exp: NOW }), "times"],
    ["another audience", judge({ aud: "sts.amazonaws.com" }), "audience"],
    [
      "the project's id in the audience",
      judge({ aud: `//iam.googleapis.com/${NAME.replace("123456789012", "my-project")}` }),
      "audience",
    ],
    ["its own name, where others are allowed", judge({}, {}, {}, { allowedAudiences: ["brevet"] }), "audience"],
    ["no subject", judge({ sub: undefined }), "subject"],
    ["a subject of 128 bytes", judge({ sub: "é".repeat(64) }), "mapping"],
    ["a claim that the mapping needs", judge({}, {}, { attributeMapping: { "google.subject": "assertion.email" } }), "mapping"],
    ["a mapping that gives no text", judge({}, {}, { attributeMapping: { "google.subject": "assertion.iat" } }), "mapping"],
    ["a condition that is false", judge({}, {}, { attributeCondition: "assertion.sub == 'server'" }), "condition"],
    ["a condition that fails", judge({}, {}, { attributeCondition: "assertion.team == 'a'" }), "condition"],
    ["a disabled provider", judge({}, {}, { disabled: true }), "provider"],
    ["a deleted provider", judge({}, {}, { state: "DELETED" }), "provider"],
  ];
  for (const [what, { verdict, check, principal }, expected] of refused) {
    test(`is refused with ${what}`, () => {
      assert.equal(verdict.outcome, "refused");
      assert.equal(check, expected);
      assert.equal(principal, null);
    });
  }

  test("is mapped and tested by expressions with Google's extract", () => {
    const { principal } = judge(
      { sub: "user:laptop:7f3a", groups: ["dev", "ops"] },
      {},
      {
        attributeMapping: {
          "google.subject": "assertion.sub.extract('user:{name}:')",
          "google.groups": "assertion.groups",
          "attribute.id": "assertion.sub.split(':')[2]",
        },
        attributeCondition: "'dev' in google.groups && attribute.id == '7f3a' && google.subject.startsWith('lap')",
      },
    );
    assert.deepEqual(principal, { pool: POOL, subject: "laptop", groups: ["dev", "ops"], attributes: { id: "7f3a" } });
  });

  test("is undecided where a function is not known here", () => {
    const { verdict, check } = judge({}, {}, { attributeCondition: "assertion.sub.fold() == 'x'" });
    assert.equal(verdict.outcome, "unknown");
    assert.equal(check, "condition");
  });
});

describe("a provider that Google would not store", () => {
  const key = { kty: "EC", crv: "P-256", x: "a", y: "b", kid: "k" };
  const cases: readonly (readonly [string, unknown])[] = [
    ["the project's id", resource({ name: NAME.replace("123456789012", "my-project") })],
    ["no google.subject", resource({ attributeMapping: { "attribute.a": "assertion.sub" } })],
    [
      "an attribute in upper case",
      resource({ attributeMapping: { "google.subject": "assertion.sub", "attribute.Team": "'a'" } }),
    ],
    ["an issuer without TLS", resource({}, { issuerUri: "http://id.example.com" })],
    ["eleven audiences", resource({}, { allowedAudiences: Array.from({ length: 11 }, (_, index) => `a${index}`) })],
    ["a condition of 4097 characters", resource({ attributeCondition: "x".repeat(4097) })],
    ["keys that are no JSON", resource({}, { jwksJson: "{" })],
    ["no keys", resource({}, { jwksJson: '{"keys":[]}' })],
    ["a key with x5c", resource({}, { jwksJson: JSON.stringify({ keys: [{ ...key, x5c: ["a"] }] }) })],
    ["a symmetric key", resource({}, { jwksJson: JSON.stringify({ keys: [{ kty: "oct", kid: "k" }] }) })],
  ];
  for (const [what, value] of cases) {
    test(`has ${what}`, () => {
      assert.throws(
        () => parseGcpProvider(value, "provider.json"),
        (error) => error instanceof Fault && error.code === "POLICY_INVALID" && error.message.startsWith("provider.json: "),
      );
    });
  }
});

describe("a service account", () => {
  const principal = { pool: POOL ?? "", subject: "laptop", groups: ["dev"], attributes: { team: "a" } };
  const bind = (member: string, role = "roles/iam.workloadIdentityUser", condition?: unknown) =>
    judgeImpersonation(
      "a@p.iam.gserviceaccount.com",
      parseAllowPolicy({ bindings: [{ role, members: [member], condition }] }, "p"),
      principal,
    ).outcome;

  test("may be used by whom its policy names in any of the ways there are", () => {
    assert.equal(memberNames(principal).length, 4);
    for (const name of memberNames(principal)) assert.equal(bind(name), "allowed", name);
  });

  test("may not by another subject, by a role that does not grant it, or by a pool of the same id elsewhere", () => {
    assert.equal(bind(`principal://iam.googleapis.com/${POOL}/subject/server`), "refused");
    assert.equal(bind(memberNames(principal)[0] ?? "", "roles/viewer"), "refused");
    assert.equal(bind((memberNames(principal)[3] ?? "").replace("123456789012", "999999999999")), "refused");
  });

  test("is undecided under a condition and by a custom role", () => {
    const [name = ""] = memberNames(principal);
    assert.equal(bind(name, undefined, { expression: "true" }), "unknown");
    assert.equal(bind(name, "projects/p/roles/custom"), "unknown");
  });
});
