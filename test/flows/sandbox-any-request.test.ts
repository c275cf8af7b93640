import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import fc from "fast-check";
import { roleCall, send, startTestSandbox, type TestIssuer } from "./sandbox-issuer.ts";

/**
 * Whatever is sent, STS's stand-in answers with one of AWS's codes: it neither breaks (500) nor hands out keys for
 * anything that is not the one valid request.
 */
let issuer: TestIssuer;
let ca: string;
let token: string;
before(async () => {
  issuer = await startTestSandbox();
  ca = readFileSync(issuer.sandbox.caFile, "utf8");
  token = await issuer.token();
});
after(() => issuer.close());

async function refused(options: {
  readonly body?: string;
  readonly path?: string;
  readonly headers?: Record<string, string>;
  readonly method?: string;
}): Promise<void> {
  const answer = await send(issuer.sandbox, { ca, ...options });
  assert.ok(answer.status >= 400 && answer.status < 500, `${answer.status} ${answer.body}`);
  assert.ok(!answer.body.includes("SecretAccessKey"));
  assert.notEqual(answer.code, "InternalFailure");
}

const anyText = fc.oneof(
  fc.string({ unit: "binary", maxLength: 80 }),
  fc.string({ maxLength: 300 }),
  fc.constantFrom("__proto__", "constructor", "toString", "", "\0", "%", "..", "{}", "[]", "null"),
);

test("any value of any parameter", async () => {
  const names = ["Action", "Version", "RoleArn", "WebIdentityToken", "Policy", "PolicyArns.member.1.arn", "DurationSeconds"];
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...names), anyText, async (name, value) => {
      const durationIsFine = name === "DurationSeconds" && /^\d+$/.test(value) && Number(value) >= 900 && Number(value) <= 3600;
      fc.pre(!durationIsFine);
      await refused({ body: roleCall(token, { [name]: value }) });
    }),
    { numRuns: 80 },
  );
});

test("any body and any query", async () => {
  await fc.assert(
    fc.asyncProperty(anyText, anyText, async (body, query) => {
      await refused({ body, path: `/?${encodeURI(Buffer.from(query).toString()).replaceAll("#", "%23")}` });
    }),
    { numRuns: 40 },
  );
});

test("any claim set and header in a token's form", async () => {
  const encode = (value: unknown): string => Buffer.from(JSON.stringify(value) ?? "").toString("base64url");
  const names = fc.constantFrom(
    "iss",
    "sub",
    "aud",
    "azp",
    "exp",
    "iat",
    "nbf",
    "alg",
    "kid",
    "crit",
    "https://aws.amazon.com/tags",
    "https://aws.amazon.com/roles",
  );
  const part = fc.oneof(fc.jsonValue(), fc.dictionary(names, fc.jsonValue(), { maxKeys: 6 }));
  const [header = "", payload = "", signature = ""] = (await issuer.token()).split(".");
  await fc.assert(
    fc.asyncProperty(part, part, fc.string({ maxLength: 100 }), async (first, second, third) => {
      for (const WebIdentityToken of [
        `${encode(first)}.${encode(second)}.${third}`,
        `${header}.${encode(second)}.${signature}`,
        `${encode(first)}.${payload}.${signature}`,
      ]) {
        await refused({ body: roleCall(WebIdentityToken) });
      }
    }),
    { numRuns: 40 },
  );
});

test("any signed claim set of the issuer itself", async () => {
  const claims = fc.dictionary(
    fc.constantFrom(
      "sub",
      "aud",
      "azp",
      "exp",
      "iat",
      "nbf",
      "https://aws.amazon.com/tags",
      "https://aws.amazon.com/roles",
      "https://aws.amazon.com/source_identity",
    ),
    fc.jsonValue(),
    { minKeys: 1, maxKeys: 4 },
  );
  await fc.assert(
    fc.asyncProperty(claims, async (changed) => {
      const WebIdentityToken = await issuer.token(changed);
      const answer = await send(issuer.sandbox, { ca, body: roleCall(WebIdentityToken) });
      assert.notEqual(answer.code, "InternalFailure", answer.body);
      assert.ok(answer.status === 200 || (answer.status >= 400 && answer.status < 500));
    }),
    { numRuns: 40 },
  );
});

test("any authorization header", async () => {
  const pieces = fc.constantFrom(
    "AWS4-HMAC-SHA256 ",
    "Credential=",
    "ASIAAAAAAAAAAAAAAAAA",
    "/20260101",
    "/us-east-1",
    "/sts",
    "/aws4_request",
    ", ",
    "SignedHeaders=",
    "host",
    ";x-amz-date",
    "Signature=",
    "a".repeat(64),
    "=",
    ",",
    "/",
  );
  await fc.assert(
    fc.asyncProperty(fc.array(pieces, { maxLength: 14 }), fc.constantFrom("20260101T000000Z", "x", ""), async (parts, date) => {
      await refused({
        body: "Action=GetCallerIdentity&Version=2011-06-15",
        headers: { authorization: parts.join(""), "x-amz-date": date, "x-amz-security-token": "x" },
      });
    }),
    { numRuns: 80 },
  );
});
