import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Fault } from "../../core/fault.ts";
import { evaluateTrust } from "./evaluate.ts";
import { parseTrustPolicy } from "./policy.ts";
import type { TrustRequest } from "./request.ts";

const PROVIDER = "issuer.example/x";
const ARN = `arn:aws:iam::123456789012:oidc-provider/${PROVIDER}`;
const KEYS = [`${PROVIDER}:sub`, `${PROVIDER}:amr`, "sts:RoleSessionName", "aws:SourceIp", "aws:EpochTime", "acme:unknown"];
const VALUES = [
  "a",
  "A",
  "ab",
  "a*",
  "*",
  "?",
  "",
  "1",
  "2",
  "true",
  "false",
  "10.0.0.1",
  "10.0.0.0/8",
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a policy variable
  "${*}",
  `\${${PROVIDER}:sub}`,
];
const BASES = ["StringEquals", "StringNotEquals", "StringLike", "StringNotLike", "NumericLessThan", "IpAddress", "NotIpAddress"];
const OPERATORS = [
  ...BASES,
  ...BASES.map((base) => `${base}IfExists`),
  ...BASES.map((base) => `ForAnyValue:${base}`),
  ...BASES.map((base) => `ForAllValues:${base}`),
  "ArnLike",
  "Bool",
  "DateLessThan",
  "Null",
  "Unheard",
];

const values = fc.oneof(fc.constantFrom(...VALUES), fc.array(fc.constantFrom(...VALUES), { minLength: 1, maxLength: 3 }));
const condition = fc.dictionary(
  fc.constantFrom(...OPERATORS),
  fc.dictionary(fc.constantFrom(...KEYS), values, { maxKeys: 2, noNullPrototype: true }),
  { maxKeys: 2, noNullPrototype: true },
);
const principal = fc.constantFrom<unknown>(
  { Federated: ARN },
  { Federated: [ARN, "accounts.google.com"] },
  { AWS: "*" },
  {
    AWS: "123456789012",
  },
);
const action = fc.constantFrom<unknown>("sts:AssumeRoleWithWebIdentity", "sts:*", "sts:TagSession", [
  "sts:assume*",
  "sts:TagSession",
]);
const statement = fc.record({
  Effect: fc.constantFrom("Allow", "Deny"),
  Principal: principal,
  Action: action,
  Condition: condition,
});
const version = fc.constantFrom("2012-10-17", "2008-10-17");
const statements = fc.array(statement, { minLength: 1, maxLength: 4 });
const contextValues = fc.array(fc.constantFrom("a", "A", "ab", "*", "", "1", "10.0.0.1", "true"), { minLength: 1, maxLength: 2 });
const context = fc.dictionary(fc.constantFrom(...KEYS.slice(0, 5).map((key) => key.toLowerCase())), contextValues, {
  noNullPrototype: true,
});

type Statement = Readonly<Record<string, unknown>>;

function request(keys: Readonly<Record<string, readonly string[]>>): TrustRequest {
  return {
    action: "sts:AssumeRoleWithWebIdentity",
    principal: { kind: "federated", arn: ARN },
    resource: "arn:aws:iam::123456789012:role/dev",
    context: new Map(Object.entries(keys)),
  };
}

function outcome(
  list: readonly Statement[],
  keys: Readonly<Record<string, readonly string[]>>,
  policyVersion = "2012-10-17",
): string {
  return evaluateTrust(parseTrustPolicy(JSON.stringify({ Version: policyVersion, Statement: list })), request(keys)).outcome;
}

/** A policy, or POLICY_INVALID; any other error fails the test. */
function parseAnything(text: string): void {
  try {
    const policy = parseTrustPolicy(text);
    const verdict = evaluateTrust(policy, request({}));
    assert.ok(["allowed", "refused", "unknown"].includes(verdict.outcome));
  } catch (error) {
    if (!(error instanceof Fault) || error.code !== "POLICY_INVALID") throw error;
    assert.equal(typeof error.details["element"], "string");
  }
}

test("any text is a policy or POLICY_INVALID", () => {
  fc.assert(fc.property(fc.oneof(fc.string(), fc.string({ unit: "binary" }), fc.json()), parseAnything), { numRuns: 2000 });
});

test("any change to a policy leaves a policy or POLICY_INVALID", () => {
  const path = fc.array(fc.nat(5), { minLength: 1, maxLength: 6 });
  const change = fc.oneof(fc.jsonValue(), statement, fc.constantFrom(...VALUES, ...KEYS, ...OPERATORS));
  fc.assert(
    fc.property(statements, version, path, change, (list, policyVersion, at, value) => {
      parseAnything(JSON.stringify(replaceAt({ Version: policyVersion, Statement: list }, at, value)));
    }),
    { numRuns: 3000 },
  );
});

/** The document with the value at a path of positions replaced. */
function replaceAt(document: unknown, [position, ...rest]: readonly number[], value: unknown): unknown {
  if (position === undefined || typeof document !== "object" || document === null) return value;
  const entries = Object.entries(document);
  const changed = entries.map(([name, item], index) => [
    name,
    index === position % entries.length ? replaceAt(item, rest, value) : item,
  ]);
  return Array.isArray(document) ? changed.map(([, item]) => item) : Object.fromEntries(changed);
}

test("an unconditional Deny refuses whatever else there is", () => {
  const deny = { Effect: "Deny", Principal: { Federated: ARN }, Action: "sts:*" };
  fc.assert(
    fc.property(statements, context, fc.nat(4), (list, keys, at) => {
      assert.equal(outcome([...list.slice(0, at), deny, ...list.slice(at)], keys), "refused");
    }),
  );
});

test("one more Deny never gives more", () => {
  fc.assert(
    fc.property(statements, statement, context, (list, added, keys) => {
      const before = outcome(list, keys);
      const after = outcome([...list, { ...added, Effect: "Deny" }], keys);
      if (before === "refused") assert.equal(after, "refused");
      if (before === "unknown") assert.notEqual(after, "allowed");
    }),
  );
});

test("one more Allow never gives less", () => {
  fc.assert(
    fc.property(statements, statement, context, (list, added, keys) => {
      const before = outcome(list, keys);
      const after = outcome([...list, { ...added, Effect: "Allow" }], keys);
      if (before === "allowed") assert.equal(after, "allowed");
      if (before === "unknown") assert.notEqual(after, "refused");
    }),
  );
});

test("one more condition never makes an Allow wider", () => {
  fc.assert(
    fc.property(statement, condition, context, (one, added, keys) => {
      const allow = { ...one, Effect: "Allow" };
      const before = outcome([allow], keys);
      // The operator ForAllValues is not merged: where both have it, the added keys replace none of the first.
      const merged = Object.fromEntries(
        [...new Set([...Object.keys(one.Condition), ...Object.keys(added)])].map((name) => [
          name,
          { ...added[name], ...one.Condition[name] },
        ]),
      );
      const after = outcome([{ ...allow, Condition: merged }], keys);
      if (before === "refused") assert.equal(after, "refused");
      if (before === "unknown") assert.notEqual(after, "allowed");
    }),
  );
});

test("the order of the statements does not matter", () => {
  fc.assert(
    fc.property(statements, context, version, (list, keys, policyVersion) => {
      assert.equal(outcome([...list].reverse(), keys, policyVersion), outcome(list, keys, policyVersion));
    }),
  );
});

test("the case of keys and actions does not matter", () => {
  fc.assert(
    fc.property(statements, context, (list, keys) => {
      const shouting = list.map((one) => ({
        ...one,
        Action: typeof one.Action === "string" ? one.Action.toUpperCase() : one.Action,
        Condition: Object.fromEntries(
          Object.entries(one.Condition).map(([name, tests]) => [
            name,
            Object.fromEntries(Object.entries(tests).map(([key, wanted]) => [key.toUpperCase(), wanted])),
          ]),
        ),
      }));
      assert.equal(outcome(shouting, keys), outcome(list, keys));
    }),
  );
});

test("a verdict without the address holds for every address", () => {
  fc.assert(
    fc.property(statements, context, contextValues, (list, { "aws:sourceip": _, ...keys }, address) => {
      const untold = outcome(list, keys);
      if (untold === "unknown") return;
      assert.equal(outcome(list, { ...keys, "aws:sourceip": address }), untold);
    }),
    { numRuns: 2000 },
  );
});

test("a negated operator is the opposite of its operator where the key is there", () => {
  const opposites = [
    ["StringEquals", "StringNotEquals"],
    ["StringLike", "StringNotLike"],
    ["IpAddress", "NotIpAddress"],
    ["StringEqualsIfExists", "StringNotEqualsIfExists"],
    ["NumericEquals", "NumericNotEquals"],
    ["ArnLike", "ArnNotLike"],
  ] as const;
  const plain = fc.constantFrom(...VALUES.filter((value) => !value.includes("${")));
  fc.assert(
    fc.property(
      fc.constantFrom(...opposites),
      fc.array(plain, { minLength: 1 }),
      contextValues,
      ([name, opposite], wanted, saw) => {
        const ask = (operator: string): string =>
          outcome(
            [
              {
                Effect: "Allow",
                Principal: { Federated: ARN },
                Action: "sts:*",
                Condition: { [operator]: { "aws:SourceIp": wanted } },
              },
            ],
            { "aws:sourceip": saw },
          );
        const turned = { allowed: "refused", refused: "allowed", unknown: "unknown" }[ask(name)];
        assert.equal(ask(opposite), turned);
      },
    ),
  );
});

test("a policy of many stars and many variables ends", () => {
  const stars = `${"*a".repeat(1500)}b`;
  const saw = "a".repeat(20_000);
  const allow = (wanted: string): Statement => ({
    Effect: "Allow",
    Principal: { Federated: ARN },
    Action: "sts:*",
    Condition: { StringLike: { [`${PROVIDER}:sub`]: wanted } },
  });
  assert.equal(outcome([allow(stars)], { [`${PROVIDER}:sub`]: [saw] }), "refused");
  assert.equal(outcome([allow("${".repeat(2000))], { [`${PROVIDER}:sub`]: [saw] }), "unknown");
  assert.equal(outcome([allow(`\${a:b${" ".repeat(100_000)}'}`)], { [`${PROVIDER}:sub`]: [saw] }), "unknown");
  assert.throws(() => parseTrustPolicy("[".repeat(100_000)), Fault);
  assert.throws(() => parseTrustPolicy(`${'{"a":'.repeat(1300)}1${"}".repeat(1300)}`), Fault);
});
