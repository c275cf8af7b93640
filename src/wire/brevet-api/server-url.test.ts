import assert from "node:assert/strict";
import { test } from "node:test";
import { parseLoginServerUrl } from "./server-url.ts";

for (const [text, meant] of [
  ["id.example.com", "https://id.example.com"],
  ["http://id.example.com", "https://id.example.com"],
  ["https://id.example.com/login?x=1", "https://id.example.com"],
  ["https://ann:word@id.example.com", "https://id.example.com"],
  ["localhost:8080", "http://localhost:8080"],
  ["http://127.0.0.1:8080", "http://localhost:8080"],
  ["http://", "https://id.example.com"],
  ["a b", "https://id.example.com"],
] as const) {
  test(`${text} is no login server's URL, and ${meant} is`, () => {
    assert.throws(() => parseLoginServerUrl(text, "the argument"), { code: "URL_INVALID", hints: [`write it as \`${meant}\``] });
    assert.equal(parseLoginServerUrl(meant, "the argument"), meant);
  });
}

test("a password in it is not repeated", () => {
  assert.throws(
    () => parseLoginServerUrl("https://ann:hunter2@id.example.com", "the argument"),
    (error) => error instanceof Error && !/ann|hunter2/.test(error.message) && /a password/.test(error.message),
  );
});

test("a slash at the end is left away", () => assert.equal(parseLoginServerUrl("https://a.example/", "it"), "https://a.example"));
