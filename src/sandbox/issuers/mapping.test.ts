import assert from "node:assert/strict";
import { tmpdir } from "node:os";
import { test } from "node:test";
import { Fault } from "../../core/fault.ts";
import { addressesOf, checkIssuerUrl, findMapping, type IssuerMapping, parseIssuerMapping, servedHosts } from "./mapping.ts";

const code = (expected: string) => (error: unknown) => error instanceof Fault && error.code === expected;

test("the three kinds of targets", () => {
  const url = "https://issuer.example/laptop";
  assert.deepEqual(parseIssuerMapping(`${url}=.`, tmpdir()), { kind: "folder", url, folder: tmpdir() });
  assert.deepEqual(parseIssuerMapping(`${url}=127.0.0.1:8443`, "/"), { kind: "address", url, host: "127.0.0.1", port: 8443 });
  assert.deepEqual(parseIssuerMapping(`${url}=localhost:8443`, "/"), { kind: "address", url, host: "127.0.0.1", port: 8443 });
  assert.deepEqual(parseIssuerMapping(`${url}=[::1]:8443`, "/"), { kind: "address", url, host: "::1", port: 8443 });
  assert.deepEqual(parseIssuerMapping(`${url}=http://127.0.0.1:8080`, "/"), {
    kind: "behind",
    url,
    host: "127.0.0.1",
    port: 8080,
  });
});

test("where each of them is reached, for `--resolve`", () => {
  const mappings = ["a.example/x=.", "a.example/y=.", "b.example=http://127.0.0.1:8080", "c.example=[::1]:8443"];
  const parsed = mappings.map((text) => parseIssuerMapping(`https://${text}`, tmpdir()));
  assert.deepEqual(addressesOf(parsed, 4443), ["a.example=127.0.0.1:4443", "b.example=127.0.0.1:4443", "c.example=[::1]:8443"]);
});

for (const [text, expected] of [
  ["", "USAGE_INVALID"],
  ["https://issuer.example", "USAGE_INVALID"],
  ["https://issuer.example=", "USAGE_INVALID"],
  ["https://issuer.example=10.0.0.1:443", "USAGE_INVALID"],
  ["https://issuer.example=example.com:443", "USAGE_INVALID"],
  ["https://issuer.example=https://example.com", "USAGE_INVALID"],
  ["https://issuer.example=http://10.0.0.1:80", "USAGE_INVALID"],
  ["https://issuer.example=./there-is-no-such-folder", "FILE_UNREADABLE"],
  ["http://issuer.example=.", "URL_INVALID"],
  ["issuer.example=.", "URL_INVALID"],
] as const) {
  test(`"${text}" is refused: ${expected}`, () => {
    assert.throws(() => parseIssuerMapping(text, tmpdir()), code(expected));
  });
}

test("an issuer URL is what IAM takes", () => {
  assert.equal(checkIssuerUrl("https://issuer.example/a/b").pathname, "/a/b");
  for (const url of [
    "https://issuer.example:443",
    "https://issuer.example:8443/a",
    "https://issuer.example/?a=b",
    "https://issuer.example/?",
    "https://issuer.example/#a",
    "https://user@issuer.example/",
    `https://issuer.example/${"a".repeat(255)}`,
    "ftp://issuer.example",
  ]) {
    assert.throws(() => checkIssuerUrl(url), code("URL_INVALID"), url);
  }
});

test("the longest issuer above a URL serves it, and a similar name does not", () => {
  const folder = (url: string): IssuerMapping => ({ kind: "folder", url, folder: url });
  const mappings = [
    folder("https://a.example"),
    folder("https://a.example/x"),
    folder("https://a.example/x/y"),
    { kind: "address", url: "https://b.example/z", host: "127.0.0.1", port: 1 } as const,
  ];
  const find = (url: string) => findMapping(mappings, new URL(url))?.url ?? null;
  assert.equal(find("https://a.example/x/y/keys.json"), "https://a.example/x/y");
  assert.equal(find("https://a.example/x/keys.json"), "https://a.example/x");
  assert.equal(find("https://a.example/xy/keys.json"), "https://a.example");
  assert.equal(find("https://b.example/elsewhere"), "https://b.example/z");
  assert.equal(find("https://sub.a.example/x/keys.json"), null);
  assert.deepEqual(servedHosts(mappings), ["a.example"]);
});
