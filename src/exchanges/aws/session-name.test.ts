import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { sessionName } from "./session-name.ts";

/** AWS STS API Reference, `RoleSessionName`: length 2 to 64, `[\w+=,.@-]*`. */
const ACCEPTED = /^[\w+=,.@-]{2,64}$/;

test("whatever it is made from, AWS accepts the name", () => {
  fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 200 }), (text) => ACCEPTED.test(sessionName(text))));
});

test("a name that AWS accepts stays as it is", () => {
  for (const text of ["laptop-abcdefghij", "ann@example.com", "ab", "x".repeat(64)]) assert.equal(sessionName(text), text);
});

test("what had to be mended keeps two people apart", () => {
  const pairs = [
    ["x".repeat(65), "x".repeat(66)],
    ["auth0|1", "auth0/1"],
    ["ü", "ö"],
    ["a", "ä"],
    ["", " "],
  ] as const;
  for (const [one, other] of pairs) assert.notEqual(sessionName(one), sessionName(other));
});

test("a mended name still shows whose it is", () => {
  assert.match(sessionName("auth0|ann"), /^auth0-ann-[0-9a-f]{8}$/);
  assert.match(sessionName(""), /^brevet-[0-9a-f]{8}$/);
});
