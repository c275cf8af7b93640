import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Fault } from "../../core/fault.ts";
import { CLIENTS } from "../../wire/brevet-api/admin/clients.ts";
import { INVITES } from "../../wire/brevet-api/admin/invites.ts";
import type { Fields } from "../../wire/brevet-api/admin/operation.ts";
import { OPERATIONS } from "../../wire/brevet-api/admin/operations.ts";
import { PEOPLE } from "../../wire/brevet-api/admin/people.ts";
import { RULES } from "../../wire/brevet-api/admin/rules.ts";
import { SIGN_IN_PROVIDER } from "../../wire/brevet-api/admin/sign-in-provider.ts";
import { checkFields } from "./check-fields.ts";

/** What is said of something that is refused. */
function said(schema: Fields, raw: unknown): string {
  try {
    checkFields(schema, raw, "the body");
  } catch (cause) {
    assert.ok(cause instanceof Fault);
    assert.equal(cause.code, "REQUEST_INVALID");
    return cause.message;
  }
  return assert.fail("it was taken");
}

describe("what a request has wrong", () => {
  const bob = { email: "bob@example.com", name: "Bob" };
  const rule = { name: "dev", effect: "allow" };
  const tried = { person: "bob@example.com", audience: "https://id.example.com" };
  const cases: readonly (readonly [string, Fields, unknown, string])[] = [
    ["a number out of range", PEOPLE.list.query, { limit: "0" }, 'limit is "0", and has to be a number from 1 to 200'],
    ["what is missing", INVITES.create.body, { name: "Bob" }, "email is missing"],
    ["another type", INVITES.create.body, { ...bob, name: 1 }, "name is 1, and has to be a text in quotes"],
    ["nothing", INVITES.create.body, { ...bob, name: "" }, 'name is "", and has to be of 1 character or more'],
    ["too little", INVITES.create.body, { ...bob, expiresInSeconds: 1 }, "expiresInSeconds is 1, and has to be 300 or more"],
    [
      "a fraction",
      INVITES.create.body,
      { ...bob, expiresInSeconds: 300.5 },
      "expiresInSeconds is 300.5, and has to be a whole number",
    ],
    ["a text for a list", INVITES.create.body, { ...bob, groups: "dev" }, 'groups is "dev", and has to be a list'],
    [
      "one item of a list",
      INVITES.create.body,
      { ...bob, groups: ["dev", "Not this"] },
      'number 2 of groups is "Not this", and has to be 1 to 63 small letters, digits, `.`, `_` and `-`, with a letter or digit first',
    ],
    [
      "a word that is not there",
      CLIENTS.register.body,
      { application_type: "desktop" },
      'application_type is "desktop", and has to be one of "web", "native"',
    ],
    ["a text for true or false", PEOPLE.change.body, { active: "no" }, 'active is "no", and has to be true or false'],
    [
      "an unknown key inside",
      RULES.replace.body,
      { rules: [{ ...rule, who: [] }] },
      'number 1 of rules has an unknown field "who"',
    ],
    [
      "a value inside",
      RULES.decide.body,
      { ...tried, rules: [rule, { ...rule, effect: 1 }] },
      'effect in number 2 of rules is 1, and has to be one of "allow", "deny"',
    ],
    [
      "a misspelt key inside what may be left out",
      RULES.decide.body,
      { ...tried, rules: [rule, { nam: "x" }] },
      'number 2 of rules has an unknown field "nam"',
    ],
    ["null", RULES.replace.body, { rules: null }, "rules is null, and has to be a list"],
  ];
  for (const [what, schema, raw, message] of cases) {
    test(`is named with its value and what is taken: ${what}`, () => assert.equal(said(schema, raw), message));
  }

  test("is never said of a secret", () => {
    const provider = { name: "Corp", issuer: "https://corp.example", clientId: "x", domains: ["example.com"], enrols: "invited" };
    const message = said(SIGN_IN_PROVIDER.set.body, { ...provider, clientSecret: "s3cret".repeat(200) });
    assert.equal(message, "clientSecret is something else, and has to be of 1000 characters at most");
    assert.doesNotMatch(said(CLIENTS.register.body, { jwks: { keys: ["s3cret"] } }), /s3cret/);
  });

  test("is cut where it is long", () => assert.ok(said(PEOPLE.list.query, { email: "x".repeat(100_000) }).length < 200));
});

test("every pattern of the API says in words what it takes", () => {
  const patterns: string[] = [];
  const visit = (schema: unknown): void => {
    if (typeof schema !== "object" || schema === null) return;
    const { type, kind, message } = schema as { readonly type?: string; readonly kind?: string; readonly message?: unknown };
    if (kind === "validation" && type === "regex") patterns.push(String(message));
    for (const inner of Object.values(schema)) if (typeof inner === "object") visit(inner);
  };
  for (const { query, body } of OPERATIONS) for (const schema of [query, body]) visit(schema);
  assert.ok(patterns.length >= 3);
  assert.deepEqual(
    patterns.filter((message) => !/^(?:\d|an? )/.test(message)),
    [],
  );

  test("of a field that is missing says what it takes", () => {
    const provider = { name: "Google", issuer: "https://accounts.google.com", clientId: "brevet", domains: ["example.com"] };
    assert.throws(
      () => checkFields(SIGN_IN_PROVIDER.set.body, provider, "the body"),
      (cause) => cause instanceof Fault && cause.hints[0] === 'it has to be one of "invited", "everybody"',
    );
  });
});
