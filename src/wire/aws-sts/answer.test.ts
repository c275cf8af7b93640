import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parseStsAnswer } from "./answer.ts";

const NAMESPACE = 'xmlns="https://sts.amazonaws.com/doc/2011-06-15/"';

async function result(body: string, path: string): Promise<string> {
  const answer = await parseStsAnswer(body, "Act");
  assert.equal(answer?.kind, "result");
  return answer.text(path);
}

test("an element of the result is found by its path, whatever stands around it", async () => {
  const body = `<?xml version="1.0" encoding="UTF-8"?>
<!-- a comment --><ActResponse ${NAMESPACE}><ActResult><A/><Outer> <Inner>x&amp;y</Inner><Inner>second</Inner></Outer></ActResult>
<ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></ActResponse>`;
  assert.equal(await result(body, "Outer/Inner"), "x&y");
  assert.equal(await result(body, "A"), "");
  assert.equal(await result(body, "Inner"), "");
  assert.equal(await result(body, "RequestId"), "");
});

test("text in CDATA is text", async () => {
  assert.equal(await result("<ActResponse><ActResult><A><![CDATA[<b>&]]></A></ActResult></ActResponse>", "A"), "<b>&");
});

test("a refusal gives code and message", async () => {
  const body = `<ErrorResponse ${NAMESPACE}><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>`;
  assert.deepEqual(await parseStsAnswer(body, "Act"), { kind: "error", code: "AccessDenied", message: "no" });
});

/** More than the stack holds if each took a call; `name` is the element that they are in. */
function deep(name: string): string {
  const inner = `<${name}>${"<a>".repeat(6000)}x${"</a>".repeat(6000)}</${name}>`;
  return `<ErrorResponse><Error>${inner}</Error></ErrorResponse>`;
}

test("elements within one another are no text, however many", async () => {
  const body = `<ActResponse><ActResult><A>${"<a>".repeat(6000)}x${"</a>".repeat(6000)}</A></ActResult></ActResponse>`;
  const answer = await parseStsAnswer(body, "Act");
  assert.ok(answer === null || (answer.kind === "result" && answer.text("A") === ""));
  assert.equal(await result("<ActResponse><ActResult><A>x<b>y</b><!-- c -->z</A></ActResult></ActResponse>", "A"), "xz");
});

const strange: readonly [name: string, body: string][] = [
  ["nothing", ""],
  ["white space", " \n"],
  ["JSON", '{"Error":{"Code":"AccessDenied"}}'],
  ["HTML", "<!doctype html><html><head><title>Sign in</title></head><body><p>Hello<br></body></html>"],
  ["the answer to another action", "<OtherResponse><OtherResult/></OtherResponse>"],
  ["a refusal without a code", "<ErrorResponse><Error><Message>no</Message></Error></ErrorResponse>"],
  ["a refusal whose code is thousands of elements within one another", deep("Code")],
  ["a cut-off document", "<ActResponse><ActResult><A>x</A></ActResult>"],
  ["two documents", "<ActResponse><ActResult/></ActResponse><ActResponse/>"],
  [
    "an external entity",
    '<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/hostname">]><ActResponse><ActResult>&e;</ActResult></ActResponse>',
  ],
  ["an entity of its own", '<!DOCTYPE a [<!ENTITY e "x">]><ActResponse><ActResult><A>&e;</A></ActResult></ActResponse>'],
  ["a depth that no stack holds", `<ActResponse>${"<a>".repeat(200_000)}`],
];
for (const [name, body] of strange) {
  test(`${name} is no answer of STS`, async () => {
    assert.equal(await parseStsAnswer(body, "Act"), null);
  });
}

test("arbitrary text gives a value or null", async () => {
  const pieces = fc.constantFrom(
    "<",
    ">",
    "/",
    "ActResponse",
    "ActResult",
    "Error",
    "&amp;",
    "&#x0;",
    "<![CDATA[",
    "]]>",
    "<!--",
    "-->",
    "<?",
    " ",
  );
  await fc.assert(
    fc.asyncProperty(fc.array(fc.oneof(pieces, fc.string())), async (parts) => {
      const answer = await parseStsAnswer(parts.join(""), "Act");
      return answer === null || typeof answer.kind === "string";
    }),
  );
});
