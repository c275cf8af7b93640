import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import type { SandboxRequest } from "../service.ts";
import { calculateSignature } from "./calculate-signature.ts";
import { Refusal } from "./refusal.ts";
import { readSignatureClaim } from "./signature-claim.ts";

interface Suite {
  readonly secretAccessKey: string;
  readonly cases: readonly { readonly name: string; readonly request: string; readonly authorization: string }[];
  readonly presigned: readonly { readonly name: string; readonly request: string }[];
}

const file = new URL("../../../test/vectors/sigv4/test-suite.json", import.meta.url);
const suite = JSON.parse(readFileSync(file, "utf8")) as Suite;

/** The suite's own notation: a request line, headers, an empty line, the body. */
function parseRequest(text: string, authorization?: string): SandboxRequest {
  const [head = "", body = ""] = text.split(/\n\n/, 2);
  const [line = "", ...headerLines] = head.split("\n").filter((each) => each !== "");
  const [, method = "", target = ""] = /^(\S+) (.*) HTTP\/1\.1$/.exec(line) ?? [];
  const [path = "", query = ""] = target.split("?", 2);
  const headers = new Map<string, string[]>();
  for (const each of headerLines) {
    const at = each.indexOf(":");
    const name = each.slice(0, at).toLowerCase();
    headers.set(name, [...(headers.get(name) ?? []), each.slice(at + 1)]);
  }
  if (authorization !== undefined) headers.set("authorization", [authorization]);
  return { method, host: headers.get("host")?.[0] ?? "", path, query, headers, body, sourceIp: "127.0.0.1" };
}

for (const { name, request: text, authorization } of suite.cases) {
  test(`SigV4 test suite: ${name}`, async () => {
    const request = parseRequest(text, authorization);
    const claim = readSignatureClaim(request);
    assert.equal(await calculateSignature(request, claim, suite.secretAccessKey), claim.signature);
    assert.notEqual(await calculateSignature(request, claim, `${suite.secretAccessKey}x`), claim.signature);
    assert.notEqual(await calculateSignature({ ...request, body: "x" }, claim, suite.secretAccessKey), claim.signature);
  });
}

for (const { name, request: text } of suite.presigned) {
  test(`SigV4 test suite, presigned: ${name}`, async () => {
    const request = parseRequest(text);
    const claim = readSignatureClaim(request);
    assert.equal(claim.form, "query");
    assert.equal(await calculateSignature(request, claim, suite.secretAccessKey), claim.signature);
    const more = { ...request, query: `${request.query}&__proto__=x` };
    assert.notEqual(await calculateSignature(more, claim, suite.secretAccessKey), claim.signature);
  });
}

test("the suite was read", () => {
  assert.equal(suite.cases.length, 16);
  assert.equal(suite.presigned.length, 1);
});

test("a declared hash that is not the body's is refused", async () => {
  const [first] = suite.cases;
  assert.ok(first);
  const request = parseRequest(first.request, first.authorization);
  const headers = new Map([...request.headers, ["x-amz-content-sha256", ["UNSIGNED-PAYLOAD"]]]);
  await assert.rejects(
    calculateSignature({ ...request, headers }, readSignatureClaim(request), suite.secretAccessKey),
    (error) => error instanceof Refusal && error.code === "SignatureDoesNotMatch",
  );
});
