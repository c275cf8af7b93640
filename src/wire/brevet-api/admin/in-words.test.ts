import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { detailsInWords, memberInWords } from "./in-words.ts";

describe("members of answers in words", () => {
  for (const [name, value, words] of [
    ["expiresAt", 1_772_627_405, "2026-03-04 12:30:05"],
    ["signsFrom", 1_772_627_405, "2026-03-04 12:30:05"],
    ["client_id_issued_at", 1_772_627_405, "2026-03-04 12:30:05"],
    ["client_secret_expires_at", 0, "never"],
    ["codes", 10, "10"],
    ["default_max_age", 3600, "3600"],
    ["redirect_uris", ["https://a.example", "https://b.example"], "https://a.example https://b.example"],
    ["jwks", { keys: [] }, '{"keys":[]}'],
    ["dpop_bound_access_tokens", false, "false"],
  ] as const) {
    test(`${name}: ${words}`, () => assert.equal(memberInWords(name, value), words));
  }

  test("say nothing of what is open", () => {
    assert.equal(detailsInWords({ role: null, groups: [], kid: "x", rule: "" }), "kid: x");
  });
});
