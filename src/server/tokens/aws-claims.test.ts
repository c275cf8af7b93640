import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { AWS_SOURCE_IDENTITY_CLAIM, AWS_TAGS_CLAIM } from "../../wire/aws-sts/token-claims.ts";
import type { TokenShape } from "../../wire/brevet-api/rule.ts";
import { awsClaims } from "./aws-claims.ts";

const ROLE = "arn:aws:iam::123456789012:role/dev";
const SHAPE: TokenShape = { subject: "email", tags: true, sourceIdentity: true, tagGroups: [] };

/** Groups whose tags have 70 bytes each: `group/`, the name, `true`. */
const groupsOf = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => String(index).padStart(60, "g"));

function claimsFor(email: string, shape: Partial<TokenShape> = {}) {
  const tagGroups = shape.tagGroups ?? [];
  return awsClaims(ROLE, { id: "p1", email, name: "Alice", groups: tagGroups }, { ...SHAPE, ...shape });
}

describe("a token that AWS would refuse is not made, for", () => {
  const longest = `${"a".repeat(52)}@example.com`;
  // 28 groups have 1960 bytes, `domain` and its value 17, `email` 5: the value may have 66.
  const fullest = `${"a".repeat(54)}@example.com`;
  const many = { subject: "email", sourceIdentity: false, tagGroups: groupsOf(28) } as const;
  const cases: readonly (readonly [why: string, taken: () => unknown, refused: () => unknown, claim: string])[] = [
    ["a source identity that is too long", () => claimsFor(longest), () => claimsFor(`a${longest}`), AWS_SOURCE_IDENTITY_CLAIM],
    [
      "characters that no tag has",
      () => claimsFor("o'brien@example.com", { tags: false, sourceIdentity: false }),
      () => claimsFor("o'brien@example.com", { sourceIdentity: false }),
      AWS_TAGS_CLAIM,
    ],
    [
      "more bytes of tags than AWS has room for",
      () => claimsFor(fullest, many),
      () => claimsFor(`a${fullest}`, many),
      AWS_TAGS_CLAIM,
    ],
  ];
  for (const [why, taken, refused, claim] of cases) {
    test(why, () => {
      taken();
      assert.throws(refused, { code: "TOKEN_REFUSED", details: { claim } });
    });
  }
});
