import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Fault } from "../../core/fault.ts";
import {
  AWS_ROLES_CLAIM,
  AWS_SOURCE_IDENTITY_CLAIM,
  AWS_TAGS_CLAIM,
  encodeAwsTags,
  parseAwsRoles,
  parseAwsSourceIdentity,
  parseAwsTags,
} from "./token-claims.ts";

const refused = (error: unknown): boolean => error instanceof Fault && error.code === "TOKEN_REFUSED";

test("the nested form of AWS's own example is read", () => {
  const claims = {
    [AWS_TAGS_CLAIM]: {
      principal_tags: { Project: ["Automation"], CostCenter: ["987654"], Department: ["Engineering"] },
      transitive_tag_keys: ["Project", "CostCenter"],
    },
  };
  assert.deepEqual(parseAwsTags(claims), {
    principal: { Project: "Automation", CostCenter: "987654", Department: "Engineering" },
    transitive: ["Project", "CostCenter"],
  });
});

test("the flat form is read", () => {
  const claims = {
    "https://aws.amazon.com/tags/principal_tags/Project": "Automation",
    "https://aws.amazon.com/tags/principal_tags/team/name": "core",
    "https://aws.amazon.com/tags/transitive_tag_keys": ["Project"],
  };
  assert.deepEqual(parseAwsTags(claims), {
    principal: { Project: "Automation", "team/name": "core" },
    transitive: ["Project"],
  });
});

test("what is encoded is what is parsed", () => {
  const tags = { principal: { Team: "core", __proto: "x" }, transitive: ["Team"] };
  assert.deepEqual(parseAwsTags({ [AWS_TAGS_CLAIM]: encodeAwsTags(tags) }), tags);
});

test("a token without tags carries none", () => {
  assert.equal(parseAwsTags({ sub: "x" }), null);
  assert.equal(parseAwsTags({ [AWS_TAGS_CLAIM]: {} }), null);
});

for (const [name, claims] of [
  ["two values", { [AWS_TAGS_CLAIM]: { principal_tags: { Team: ["a", "b"] } } }],
  ["no value", { [AWS_TAGS_CLAIM]: { principal_tags: { Team: [] } } }],
  ["a nested value that is no list", { [AWS_TAGS_CLAIM]: { principal_tags: { Team: "a" } } }],
  ["a flat value that is a list", { [`${AWS_TAGS_CLAIM}/principal_tags/Team`]: ["a"] }],
  ["a key of AWS's own", { [AWS_TAGS_CLAIM]: { principal_tags: { "AWS:Team": ["a"] } } }],
  ["a character that no tag has", { [AWS_TAGS_CLAIM]: { principal_tags: { Team: ["a;b"] } } }],
  ["an empty key", { [AWS_TAGS_CLAIM]: { principal_tags: { "": ["a"] } } }],
  ["transitive keys that are no list", { [AWS_TAGS_CLAIM]: { principal_tags: { Team: ["a"] }, transitive_tag_keys: "Team" } }],
  ["a number", { [AWS_TAGS_CLAIM]: { principal_tags: { Team: 7 } } }],
  ["tags in an array", { [AWS_TAGS_CLAIM]: [{ principal_tags: { Team: ["a"] } }] }],
  ["a key twice, in another case", { [AWS_TAGS_CLAIM]: { principal_tags: { Team: ["a"], team: ["b"] } } }],
  ["a transitive key without its tag", { [AWS_TAGS_CLAIM]: { principal_tags: { Team: ["a"] }, transitive_tag_keys: ["Role"] } }],
  ["a key of 129 characters", { [AWS_TAGS_CLAIM]: { principal_tags: { ["k".repeat(129)]: ["a"] } } }],
  ["a value of 257 characters", { [AWS_TAGS_CLAIM]: { principal_tags: { Team: ["v".repeat(257)] } } }],
  [
    "51 tags",
    { [AWS_TAGS_CLAIM]: { principal_tags: Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`k${index}`, ["v"]])) } },
  ],
] as const) {
  test(`tags are refused: ${name}`, () => assert.throws(() => parseAwsTags(claims), refused));
}

const DEV = "arn:aws:iam::123456789012:role/dev";
const OPS = "arn:aws-cn:iam::123456789012:role/team/ops";

for (const [name, claim, roles] of [
  ["a list", [DEV, OPS], [DEV, OPS]],
  ["one string", DEV, [DEV]],
  ["a list with other things in it", [7, null, "not-an-arn", [DEV], OPS], [OPS]],
  ["null", null, null],
] as const) {
  test(`roles are read: ${name}`, () => assert.deepEqual(parseAwsRoles({ [AWS_ROLES_CLAIM]: claim }), roles));
}

for (const claim of [
  [],
  "",
  7,
  true,
  { role: DEV },
  ["arn:aws:iam::123456789012:role/*"],
  `${DEV},${OPS}`,
  `${DEV};${OPS}`,
  ` ${DEV}`,
  DEV.toUpperCase(),
  [[DEV]],
]) {
  test(`roles are refused: ${JSON.stringify(claim)}`, () => {
    assert.throws(() => parseAwsRoles({ [AWS_ROLES_CLAIM]: claim }), refused);
  });
}

test("a token without the claim is pinned to no role", () => assert.equal(parseAwsRoles({}), null));

test("a source identity has AWS's characters and length", () => {
  assert.equal(parseAwsSourceIdentity({ [AWS_SOURCE_IDENTITY_CLAIM]: "alice@example.com" }), "alice@example.com");
  assert.equal(parseAwsSourceIdentity({}), null);
  for (const wrong of ["a", "a b", "x".repeat(65), 7, ["alice"]]) {
    assert.throws(() => parseAwsSourceIdentity({ [AWS_SOURCE_IDENTITY_CLAIM]: wrong }), refused);
  }
});

test("any claims are read, or refused with TOKEN_REFUSED", () => {
  const names = fc.constantFrom(
    AWS_TAGS_CLAIM,
    AWS_ROLES_CLAIM,
    AWS_SOURCE_IDENTITY_CLAIM,
    `${AWS_TAGS_CLAIM}/principal_tags/Team`,
    `${AWS_TAGS_CLAIM}/transitive_tag_keys`,
  );
  const tags = fc.record({ principal_tags: fc.jsonValue(), transitive_tag_keys: fc.jsonValue() }, { requiredKeys: [] });
  const claims = fc.dictionary(names, fc.oneof(fc.jsonValue(), tags), { noNullPrototype: true });
  fc.assert(
    fc.property(claims, (token) => {
      for (const parse of [parseAwsTags, parseAwsRoles, parseAwsSourceIdentity]) {
        try {
          parse(token);
        } catch (error) {
          if (!refused(error)) throw error;
        }
      }
    }),
    { numRuns: 1000 },
  );
});

test("any tags that AWS takes survive encoding", () => {
  const text = fc.string({
    unit: fc.constantFrom("a", "Z", "9", "é", " ", "_", ".", ":", "/", "=", "+", "-", "@"),
    maxLength: 20,
  });
  const key = text.filter((value) => value !== "" && !value.toLowerCase().startsWith("aws:"));
  const entries = fc.uniqueArray(fc.tuple(key, text), { selector: ([name]) => name.toLowerCase(), minLength: 1, maxLength: 50 });
  fc.assert(
    fc.property(entries, fc.nat(50), (list, count) => {
      const tags = { principal: Object.fromEntries(list), transitive: list.slice(0, count).map(([name]) => name) };
      assert.deepEqual(parseAwsTags({ [AWS_TAGS_CLAIM]: encodeAwsTags(tags) }), tags);
    }),
  );
});
