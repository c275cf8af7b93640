import assert from "node:assert/strict";
import { test } from "node:test";
import { parseDisplayName, parseEmail } from "./names.ts";

const invalid = { code: "NAME_INVALID" };

test("an e-mail address is one that a rule cannot take for a pattern, at a domain that somebody owns", () => {
  assert.equal(parseEmail(" Alice+x@Mail.Example.com "), "alice+x@mail.example.com");
  for (const text of [
    "mi\u212ae@example.com",
    "alice@\u212a.example.com",
    "x@y",
    "*@example.com",
    "a*b@example.com",
    "alice@.com",
    "alice@example.",
    "alice",
    7,
  ])
    assert.throws(() => parseEmail(text), invalid, String(text));
});

test("a name is one line that can be seen", () => {
  assert.equal(parseDisplayName(" Zo\u0065\u0308 \u{1f984} ", "the name"), "Zo\u00eb \u{1f984}");
  for (const text of [
    "",
    "  ",
    "\u00a0",
    "a\nb",
    "a\u0000",
    "\u001b[2J",
    "\u202egnp.exe",
    "\ud800",
    "Ann\u3164",
    "A\u034fnn",
    "x".repeat(101),
  ])
    assert.throws(() => parseDisplayName(text, "the name"), invalid, JSON.stringify(text));
});
