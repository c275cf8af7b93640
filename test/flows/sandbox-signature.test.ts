import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { AwsV4Signer } from "aws4fetch";
import { calculateSignature } from "../../src/sandbox/aws-sts/calculate-signature.ts";
import { readSignatureClaim } from "../../src/sandbox/aws-sts/signature-claim.ts";
import { startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { type RawAnswer, roleCall, send, startTestSandbox, type TestIssuer } from "./sandbox-issuer.ts";

/** Requests are signed by `aws4fetch` and verified with `@smithy/signature-v4`; then one thing at a time is changed. */
interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

let issuer: TestIssuer;
let ca: string;
let keys: Keys;
const BODY = "Action=GetCallerIdentity&Version=2011-06-15";

before(async () => {
  issuer = await startTestSandbox();
  ca = readFileSync(issuer.sandbox.caFile, "utf8");
  keys = await login(issuer);
});
after(() => issuer.close());

async function login(at: TestIssuer): Promise<Keys> {
  const body = roleCall(await at.token());
  const answer = await send(at.sandbox, { ca: readFileSync(at.sandbox.caFile, "utf8"), body });
  const text = (name: string): string => new RegExp(`<${name}>([^<]*)<`).exec(answer.body)?.[1] ?? "";
  return { accessKeyId: text("AccessKeyId"), secretAccessKey: text("SecretAccessKey"), sessionToken: text("SessionToken") };
}

interface Signing {
  readonly keys?: Partial<Keys>;
  readonly service?: string;
  readonly region?: string;
  readonly secondsOff?: number;
  readonly presigned?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
  /** The host name that is signed and sent; the connection goes to the sandbox all the same. */
  readonly host?: string;
}

interface Signed {
  readonly method: string;
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: string | undefined;
}

async function sign(signing: Signing = {}): Promise<Signed> {
  const { presigned = false, secondsOff = 0 } = signing;
  const datetime = `${new Date((issuer.clock.seconds + secondsOff) * 1000).toISOString().slice(0, 19).replace(/[-:]/g, "")}Z`;
  const given = { ...keys, ...signing.keys };
  const origin = signing.host === undefined ? issuer.sandbox.url : `https://${signing.host}`;
  const signer = new AwsV4Signer({
    method: presigned ? "GET" : "POST",
    url: presigned ? `${origin}/?${BODY}&X-Amz-Expires=60` : `${origin}/`,
    ...(presigned
      ? { signQuery: true }
      : { body: BODY, headers: { "content-type": "application/x-www-form-urlencoded", ...signing.headers } }),
    accessKeyId: given.accessKeyId,
    secretAccessKey: given.secretAccessKey,
    ...(given.sessionToken === "" ? {} : { sessionToken: given.sessionToken }),
    service: signing.service ?? "sts",
    region: signing.region ?? "us-east-1",
    datetime,
    allHeaders: true,
  });
  const { method, url, headers, body } = await signer.sign();
  return {
    method,
    path: url.pathname + url.search,
    headers: { host: url.host, ...Object.fromEntries(headers) },
    body: body?.toString(),
  };
}

function deliver(signed: Signed): Promise<RawAnswer> {
  const { body, ...rest } = signed;
  return send(issuer.sandbox, { ca, ...rest, ...(body === undefined ? {} : { body }) });
}

async function expectServed(): Promise<void> {
  for (const presigned of [false, true]) {
    const answer = await deliver(await sign({ presigned }));
    assert.equal(answer.status, 200, answer.body);
    assert.match(answer.body, /<Arn>arn:aws:sts::123456789012:assumed-role\/dev\/laptop<\/Arn>/);
  }
}

test("a signed header and a presigned query are served", expectServed);

const signings: readonly (readonly [name: string, signing: Signing, code: string])[] = [
  ["another secret", { keys: { secretAccessKey: "x".repeat(40) } }, "SignatureDoesNotMatch"],
  ["an unknown key", { keys: { accessKeyId: "ASIAAAAAAAAAAAAAAAAA" } }, "InvalidClientTokenId"],
  ["a long-lived key", { keys: { accessKeyId: "AKIAAAAAAAAAAAAAAAAA", sessionToken: "" } }, "InvalidClientTokenId"],
  ["no session token", { keys: { sessionToken: "" } }, "InvalidClientTokenId"],
  ["a made-up session token", { keys: { sessionToken: Buffer.alloc(200).toString("base64") } }, "InvalidClientTokenId"],
  ["another service", { service: "s3" }, "SignatureDoesNotMatch"],
  ["a region that is none", { region: "nowhere" }, "SignatureDoesNotMatch"],
  ["a date of 901 s ago", { secondsOff: -901 }, "SignatureDoesNotMatch"],
  ["a date in 901 s", { secondsOff: 901 }, "SignatureDoesNotMatch"],
];

for (const [name, signing, code] of signings) {
  test(`a request signed with ${name}: ${code}`, async () => {
    const answer = await deliver(await sign(signing));
    assert.equal(answer.code, code, answer.body);
    assert.equal(answer.status, 403);
  });
}

test("a date of 899 s ago or ahead is served", async () => {
  assert.equal((await deliver(await sign({ secondsOff: -899 }))).status, 200);
  assert.equal((await deliver(await sign({ secondsOff: 899 }))).status, 200);
});

const changes: readonly (readonly [name: string, change: (signed: Signed) => Partial<Signed>, code: string])[] = [
  ["the body", ({ body }) => ({ body: `${body}&X=1` }), "SignatureDoesNotMatch"],
  ["the method", () => ({ method: "GET", path: `/?${BODY}`, body: undefined }), "SignatureDoesNotMatch"],
  ["the query", () => ({ path: "/?x=1" }), "SignatureDoesNotMatch"],
  ["a signed header", ({ headers }) => ({ headers: { ...headers, "content-type": "text/plain" } }), "SignatureDoesNotMatch"],
  ["the host", ({ headers }) => ({ headers: { ...headers, host: "localhost" } }), "SignatureDoesNotMatch"],
  ["the region in the scope", (signed) => authorization(signed, "us-east-1", "eu-west-1"), "SignatureDoesNotMatch"],
  ["the terminator", (signed) => authorization(signed, "aws4_request", "aws5_request"), "SignatureDoesNotMatch"],
  ["the list of signed headers", (signed) => authorization(signed, ";host", ""), "SignatureDoesNotMatch"],
  ["the algorithm", (signed) => authorization(signed, "AWS4-HMAC-SHA256", "AWS4-HMAC-SHA512"), "IncompleteSignature"],
  ["the credential's form", (signed) => authorization(signed, "/aws4_request", ""), "IncompleteSignature"],
  ["the signature's name", (signed) => authorization(signed, "Signature=", "Signed="), "IncompleteSignature"],
  ["the date's form", ({ headers }) => ({ headers: { ...headers, "x-amz-date": "yesterday" } }), "SignatureDoesNotMatch"],
  [
    "the authorization, by leaving it out",
    ({ headers }) => ({ headers: without(headers, "authorization") }),
    "MissingAuthenticationToken",
  ],
  [
    "the session token, by leaving it out",
    ({ headers }) => ({ headers: without(headers, "x-amz-security-token") }),
    "InvalidClientTokenId",
  ],
  [
    "the declared hash",
    ({ headers }) => ({ headers: { ...headers, "x-amz-content-sha256": "UNSIGNED-PAYLOAD" } }),
    "SignatureDoesNotMatch",
  ],
];

function authorization({ headers }: Signed, from: string, to: string): Partial<Signed> {
  const text = headers["authorization"] ?? "";
  assert.ok(text.includes(from));
  return { headers: { ...headers, authorization: text.replace(from, to) } };
}

function without(headers: Readonly<Record<string, string>>, name: string): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([each]) => each !== name));
}

for (const [name, change, code] of changes) {
  test(`changing ${name} after signing: ${code}`, async () => {
    const signed = await sign();
    const answer = await deliver({ ...signed, ...change(signed) });
    assert.equal(answer.code, code, answer.body);
    assert.equal(answer.status, 403);
  });
}

const queries: readonly (readonly [name: string, change: (path: string) => string, code: string])[] = [
  ["one more parameter", (path) => `${path}&x=1`, "SignatureDoesNotMatch"],
  ["a parameter named __proto__", (path) => `${path}&__proto__=1`, "SignatureDoesNotMatch"],
  ["another action", (path) => path.replace("GetCallerIdentity", "AssumeRole"), "SignatureDoesNotMatch"],
  ["a longer life", (path) => path.replace(/X-Amz-Expires=\d+/, "X-Amz-Expires=604800"), "SignatureDoesNotMatch"],
  ["a life of over a week", (path) => path.replace(/X-Amz-Expires=\d+/, "X-Amz-Expires=604801"), "IncompleteSignature"],
  ["no signature", (path) => path.replace(/&X-Amz-Signature=\w+/, ""), "MissingAuthenticationToken"],
  ["the signature twice", (path) => `${path}&${/X-Amz-Signature=\w+/.exec(path)?.[0]}`, "ValidationError"],
  [
    "a life that has ended",
    (path) => path.replace(/X-Amz-Date=2\d{3}/, "X-Amz-Date=2001").replace(/%2F2\d{3}/, "%2F2001"),
    "SignatureDoesNotMatch",
  ],
  ["another algorithm", (path) => path.replace("AWS4-HMAC-SHA256", "AWS4-HMAC-SHA1"), "IncompleteSignature"],
];

for (const [name, change, code] of queries) {
  test(`a presigned query with ${name}: ${code}`, async () => {
    const signed = await sign({ presigned: true });
    const answer = await deliver({ ...signed, path: change(signed.path) });
    assert.equal(answer.code, code, answer.body);
  });
}

test("a signature that leaves the host out is refused, however right it is", async () => {
  const { headers } = await sign();
  const [before = "", after = ""] = (headers["authorization"] ?? "").split("SignedHeaders=");
  const names = after
    .slice(0, after.indexOf(","))
    .split(";")
    .filter((name) => name !== "host");
  const received = new Map(Object.entries(headers).map(([name, value]) => [name, [value]]));
  const request = { method: "POST", host: "", path: "/", query: "", headers: received, body: BODY, sourceIp: "" };
  const claim = { ...readSignatureClaim(request), signedHeaders: names };
  const signature = await calculateSignature(request, claim, keys.secretAccessKey);
  const authorization = `${before}SignedHeaders=${names.join(";")}, Signature=${signature}`;
  const answer = await deliver({ method: "POST", path: "/", body: BODY, headers: { ...headers, authorization } });
  assert.equal(answer.code, "SignatureDoesNotMatch");
  assert.match(answer.message ?? "", /'Host'/);
});

test("a session token has one spelling", async () => {
  for (const sessionToken of [
    `${keys.sessionToken}=`,
    `${keys.sessionToken}AA`,
    keys.sessionToken.replace(/.$/, ""),
    `-${keys.sessionToken}`,
  ]) {
    assert.equal((await deliver(await sign({ keys: { sessionToken } }))).code, "InvalidClientTokenId", sessionToken.slice(-4));
  }
});

test("an endpoint takes signatures for its own region only", async () => {
  const host = "sts.us-east-1.amazonaws.com";
  assert.equal((await deliver(await sign({ host }))).status, 200);
  assert.equal((await deliver(await sign({ host: "sts.amazonaws.com" }))).status, 200);
  assert.equal((await deliver(await sign({ host, region: "eu-west-1" }))).code, "SignatureDoesNotMatch");
  assert.equal((await deliver(await sign({ host: "sts.amazonaws.com", region: "eu-west-1" }))).code, "SignatureDoesNotMatch");
  assert.equal((await deliver(await sign({ region: "eu-west-1" }))).status, 200);
});

test("keys outlive a restart of the sandbox in its folder, and no other sandbox knows them", async () => {
  const again = await startSandbox({ folder: issuer.folder, issuers: [], clock: { now: () => issuer.clock.seconds }, log() {} });
  const signed = await sign();
  const answer = await send(again, {
    ca,
    ...signed,
    headers: { ...signed.headers, host: new URL(issuer.sandbox.url).host },
    body: BODY,
  });
  await again.close();
  assert.equal(answer.status, 200, answer.body);
  const other = await startTestSandbox();
  const foreign = await login(other);
  await other.close();
  assert.equal((await deliver(await sign({ keys: foreign }))).code, "InvalidClientTokenId");
});

test("the unchanged requests are served after all of that", expectServed);
