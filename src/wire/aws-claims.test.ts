import assert from "node:assert/strict";
import { test } from "node:test";
import { Fault } from "../core/fault.ts";
import {
  AWS_ROLES_CLAIM,
  AWS_SOURCE_IDENTITY_CLAIM,
  AWS_TAGS_CLAIM,
  encodeAwsTags,
  parseAwsRoles,
  parseAwsSourceIdentity,
  parseAwsTags,
} from "./aws-claims.ts";

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
    "https://aws.amazon.com/tags/principal_tags/team/name": ["core"],
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

test("roles are a string or an array of strings", () => {
  assert.deepEqual(parseAwsRoles({ [AWS_ROLES_CLAIM]: "arn:aws:iam::123456789012:role/dev" }), [
    "arn:aws:iam::123456789012:role/dev",
  ]);
  assert.deepEqual(parseAwsRoles({ [AWS_ROLES_CLAIM]: ["a", "b"] }), ["a", "b"]);
  assert.deepEqual(parseAwsRoles({ [AWS_ROLES_CLAIM]: "a;b" }), ["a", "b"]);
  assert.deepEqual(parseAwsRoles({ [AWS_ROLES_CLAIM]: [] }), []);
  assert.equal(parseAwsRoles({}), null);
  assert.throws(() => parseAwsRoles({ [AWS_ROLES_CLAIM]: [7] }), refused);
});

test("a source identity has AWS's characters and length", () => {
  assert.equal(parseAwsSourceIdentity({ [AWS_SOURCE_IDENTITY_CLAIM]: "alice@example.com" }), "alice@example.com");
  assert.equal(parseAwsSourceIdentity({}), null);
  for (const wrong of ["a", "a b", "x".repeat(65), 7, ["alice"]]) {
    assert.throws(() => parseAwsSourceIdentity({ [AWS_SOURCE_IDENTITY_CLAIM]: wrong }), refused);
  }
});
