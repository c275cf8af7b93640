import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Rule, TokenRequest } from "../../wire/brevet-api/rule.ts";
import { type Decision, decide } from "./decide.ts";

const request: TokenRequest = {
  email: "alice@example.com",
  groups: ["dev"],
  audience: "https://id.example.com",
  role: "arn:aws:iam::123456789012:role/dev",
  level: "passkey",
  secondsSinceSignIn: 600,
  address: "10.1.2.3",
};

function told(decision: Decision): string {
  return decision.allowed ? `allowed by ${decision.rule}` : `refused by ${decision.rule}, needs ${decision.needs}`;
}

function rule(parts: Partial<Rule> = {}): Rule {
  return { name: "r", effect: "allow", ...parts };
}

describe("a decision", () => {
  const table: readonly (readonly [string, readonly Rule[], Partial<TokenRequest>, string])[] = [
    ["without rules allows everything", [], {}, "allowed by null"],
    ["denies by default once there is a rule", [rule({ groups: ["ops"] })], {}, "refused by null, needs null"],
    ["names the rule that allows", [rule({ groups: ["ops", "dev"] })], {}, "allowed by r"],
    [
      "takes the first rule that is about the request",
      [rule({ effect: "deny" }), rule({ name: "later" })],
      {},
      "refused by r, needs null",
    ],
    [
      "passes over a rule about others",
      [rule({ effect: "deny", people: ["bob@example.com"] }), rule({ name: "b" })],
      {},
      "allowed by b",
    ],
    ["compares e-mail without case", [rule({ people: ["ALICE@example.com"] })], {}, "allowed by r"],
    ["matches a domain", [rule({ people: ["*@example.com"] })], {}, "allowed by r"],
    [
      "is not misled by a longer domain",
      [rule({ people: ["*@example.com"] })],
      { email: "a@example.com.evil.net" },
      "refused by null, needs null",
    ],
    [
      "is not misled by a subdomain",
      [rule({ people: ["*@example.com"] })],
      { email: "a@x-example.com" },
      "refused by null, needs null",
    ],
    ["counts no letter of a text twice", [rule({ people: ["alice*.com*com"] })], {}, "refused by null, needs null"],
    ["matches roles by pattern", [rule({ roles: ["arn:aws:iam::*:role/d*"] })], {}, "allowed by r"],
    ["gives no role-less token by a rule about roles", [rule({ roles: ["*"] })], { role: null }, "refused by null, needs null"],
    ["takes a star literally nowhere", [rule({ audiences: ["https://*.example.com"] })], {}, "allowed by r"],
    ["wants a stronger sign-in", [rule({ level: "attested" })], {}, "refused by r, needs level"],
    ["takes a stronger sign-in than it wants", [rule({ level: "recovery" })], {}, "allowed by r"],
    ["takes no sign-in of unknown level for one", [rule({ level: "recovery" })], { level: null }, "refused by r, needs level"],
    ["wants a fresher sign-in", [rule({ signedInWithin: 599 })], {}, "refused by r, needs fresh"],
    ["takes a sign-in of exactly that age", [rule({ signedInWithin: 600 })], {}, "allowed by r"],
    ["wants another network", [rule({ networks: ["192.168.0.0/16", "fd00::/8"] })], {}, "refused by r, needs network"],
    ["knows networks", [rule({ networks: ["10.0.0.0/8"] })], {}, "allowed by r"],
    ["knows addresses of the newer kind", [rule({ networks: ["fd00::/8"] })], { address: "fd00::1" }, "allowed by r"],
    ["takes no text for an address", [rule({ networks: ["0.0.0.0/0"] })], { address: "unknown" }, "refused by r, needs network"],
    [
      "denies with a role what every role may take, a token that names none",
      [rule({ name: "no-prod", effect: "deny", roles: ["arn:aws:iam::111122223333:role/prod-*"] }), rule()],
      { role: null },
      "refused by no-prod, needs null",
    ],
    [
      "denies it at the audiences that the rule is about, and at no others",
      [rule({ name: "no-prod", effect: "deny", roles: ["*"], audiences: ["https://aws.example"] }), rule()],
      { role: null },
      "allowed by r",
    ],
    [
      "spares nobody a denial who cannot be told where they come from",
      [rule({ name: "outside", effect: "deny", networks: ["203.0.113.0/24"] }), rule()],
      { address: "unknown" },
      "refused by outside, needs null",
    ],
    [
      "looks for another rule when the first lacks something",
      [rule({ level: "attested" }), rule({ name: "b", signedInWithin: 3600 })],
      {},
      "allowed by b",
    ],
    [
      "names the first rule that would have allowed",
      [rule({ level: "attested" }), rule({ name: "b", signedInWithin: 1 })],
      {},
      "refused by r, needs level",
    ],
    [
      "denies sign-ins that a denying rule is meant for, and no others",
      [rule({ name: "outside", effect: "deny", networks: ["203.0.113.0/24"] }), rule()],
      {},
      "allowed by r",
    ],
  ];
  for (const [name, rules, facts, expected] of table) {
    test(name, () => assert.equal(told(decide(rules, { ...request, ...facts })), expected));
  }

  test("carries the shape of its rule, and nothing more than e-mail and tags without one", () => {
    const plain = decide([], request);
    assert.deepEqual(plain.allowed && plain.shape, { subject: "email", tags: true, sourceIdentity: true, tagGroups: [] });
    const shaped = decide([rule({ subject: "opaque", tags: false, sourceIdentity: false, tagGroups: ["dev"] })], request);
    assert.deepEqual(shaped.allowed && shaped.shape, {
      subject: "opaque",
      tags: false,
      sourceIdentity: false,
      tagGroups: ["dev"],
    });
  });

  test("is made in linear time, whatever the pattern", () => {
    const stars = `${"a*".repeat(2000)}b`;
    assert.equal(
      told(decide([rule({ people: [stars] })], { ...request, email: "a".repeat(20_000) })),
      "refused by null, needs null",
    );
  });
});
