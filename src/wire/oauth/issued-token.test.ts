import assert from "node:assert/strict";
import { test } from "node:test";
import { issuedToken } from "./issued-token.ts";

test("a token is text that stands in a header as it is", () => {
  for (const text of ["t", "hvs.CAESIJ-_", "ya29.a0", "dG9rZW4=", "2YotnFZFEjr1zCsicMWpAA", "a!~"]) {
    assert.equal(issuedToken("token", text)?.reveal(), text);
  }
  for (const text of ["", " ", "a b", "a\tb", "a\n", "\ra", "a\u0000", "a\u001b[2J", "a\u007f", "a\u009b", "\u00e4", "\u202ea"]) {
    assert.equal(issuedToken("token", text), null, JSON.stringify(text));
  }
  for (const value of [null, undefined, 7, {}, ["t"]]) assert.equal(issuedToken("token", value), null);
});
