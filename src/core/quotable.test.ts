import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { quotable, quotableCode } from "./quotable.ts";
import { Secret } from "./secret.ts";

const SECRETS = [new Secret("session token", "a+b/c d"), new Secret("empty", "")];

describe("what a cloud says, as it is shown", () => {
  const table: readonly (readonly [why: string, text: string, shown: string])[] = [
    ["a secret", "the token a+b/c d is wrong", "the token [secret] is wrong"],
    ["a secret in a URL", "?token=a%2Bb%2Fc%20d&x=1", "?token=[secret]&x=1"],
    ["a JWT", "got eyJhbGciOiJ.eyJzdWIi.c2ln, sorry", "got [secret], sorry"],
    ["what looks like a part of a token", `key ${"aB3".repeat(14)} is unknown`, "key [secret] is unknown"],
    ["a long word of prose", `the ${"x".repeat(50)}`, `the ${"x".repeat(50)}`],
    ["an ARN", "arn:aws:iam::123456789012:role/with/a/path/and-a-name", "arn:aws:iam::123456789012:role/with/a/path/and-a-name"],
    ["a token behind the beginning of an ARN", `arn:aws:${"aB3".repeat(100)}`, "[secret]"],
    ["several lines", " one\n\ttwo  three ", "one two three"],
    ["too much", "ab ".repeat(500), "ab ".repeat(500).slice(0, 1000)],
  ];
  for (const [why, text, shown] of table) it(`takes out or keeps ${why}`, () => assert.equal(quotable(text, SECRETS), shown));

  it("has a code only where it is one, with nothing secret in it", () => {
    assert.equal(quotableCode("Sender.AccessDenied-1:x", SECRETS), "Sender.AccessDenied-1:x");
    const secret = [new Secret("code", "AccessDenied")];
    for (const [code, secrets] of [
      ["AccessDenied", secret],
      ["two words", []],
      ["", []],
      ["x".repeat(129), []],
      ["aB3".repeat(14), []],
    ] as const)
      assert.equal(quotableCode(code, secrets), "unreadable code", code);
  });
});
