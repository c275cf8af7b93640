import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import {
  AUDIENCE,
  ISSUER,
  type RawAnswer,
  roleCall,
  SUBJECT,
  send,
  startTestSandbox,
  type TestIssuer,
} from "./sandbox-issuer.ts";

/** Which signatures the sandbox believes: every part of a token counts, and the header is as AWS wants it. */
let issuer: TestIssuer;
before(async () => {
  issuer = await startTestSandbox();
});
after(() => issuer.close());

function request(token: string, { sandbox } = issuer): Promise<RawAnswer> {
  return send(sandbox, { ca: readFileSync(sandbox.caFile, "utf8"), body: roleCall(token) });
}

/** 64 bytes leave four bits of the last character without a meaning: the next character has the same two others. */
function nextInAlphabet(character: string): string {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  return alphabet[alphabet.indexOf(character) + 1] ?? "";
}

test("each part of a signed token counts", async () => {
  const token = await issuer.token();
  const [header = "", payload = "", signature = ""] = token.split(".");
  const flip = (text: string, at: number): string => text.slice(0, at) + (text[at] === "A" ? "B" : "A") + text.slice(at + 1);
  const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const open = (text: string): Record<string, unknown> =>
    JSON.parse(Buffer.from(text, "base64url").toString()) as Record<string, unknown>;
  const forged: Readonly<Record<string, string>> = {
    signature: `${header}.${payload}.${flip(signature, 5)}`,
    "stray bits in the signature": `${header}.${payload}.${signature.slice(0, -1)}${nextInAlphabet(signature.at(-1) ?? "")}`,
    "a padded signature": `${token}==`,
    "no signature": `${header}.${payload}.`,
    "a claim added": `${header}.${encode({ ...open(payload), admin: true })}.${signature}`,
    "a header added": `${encode({ ...open(header), typ: "JWT" })}.${payload}.${signature}`,
    "alg none": `${encode({ ...open(header), alg: "none" })}.${payload}.`,
    "alg HS256": `${encode({ ...open(header), alg: "HS256" })}.${payload}.${signature}`,
    "alg RS256": `${encode({ ...open(header), alg: "RS256" })}.${payload}.${signature}`,
    "alg ES384": `${encode({ ...open(header), alg: "ES384" })}.${payload}.${signature}`,
    "an unknown kid": `${encode({ ...open(header), kid: "key-2" })}.${payload}.${signature}`,
    "a header that is no JSON": `${Buffer.from("{").toString("base64url")}.${payload}.${signature}`,
    "a payload that is a list": `${header}.${encode([])}.${signature}`,
  };
  for (const [name, WebIdentityToken] of Object.entries(forged)) {
    const answer = await request(WebIdentityToken);
    assert.equal(answer.code, "InvalidIdentityToken", `${name}: ${answer.body}`);
  }
});

test("a signed token whose header has crit, or more or fewer parts, is no JWT for AWS", async () => {
  const [token, critical] = [await issuer.token(), await issuer.token({}, { crit: ["b64"], b64: true })];
  for (const WebIdentityToken of [critical, `${token}.`, `${token}.AAAA.AAAA`, token.replace(/\.[^.]*$/, "")]) {
    const answer = await request(WebIdentityToken);
    assert.equal(answer.code, "InvalidIdentityToken", answer.body);
    assert.match(answer.message ?? "", /^The ID Token provided is not a valid JWT/);
  }
});

test("a token that does not name its key is refused, also where the only key has no name", async () => {
  for (const [kid, named] of [
    [undefined, {}],
    ["", { kid: "" }],
  ] as const) {
    const other = await startTestSandbox();
    const { kid: _, ...nameless } = other.publicJwk;
    other.publish([{ ...nameless, ...named }]);
    const answer = await request(await other.token({}, { kid }), other);
    await other.close();
    assert.equal(answer.code, "InvalidIdentityToken", answer.body);
  }
});

test("a key of somebody else under the published kid is refused", async () => {
  const { privateKey } = await generateKeyPair("ES256");
  const now = issuer.clock.seconds;
  const WebIdentityToken = await new SignJWT({ iss: ISSUER, sub: SUBJECT, aud: AUDIENCE, iat: now, exp: now + 300 })
    .setProtectedHeader({ alg: "ES256", kid: "key-1" })
    .sign(privateKey);
  assert.equal((await request(WebIdentityToken)).code, "InvalidIdentityToken");
});

for (const alg of ["RS256", "RS384", "RS512", "ES256", "ES384", "ES512"]) {
  test(`${alg} is verified`, async () => {
    const other = await startTestSandbox(alg);
    const answer = await request(await other.token(), other);
    await other.close();
    assert.equal(answer.status, 200, answer.body);
  });
}

for (const alg of ["PS256", "EdDSA"]) {
  test(`${alg} is refused, as by AWS`, async () => {
    const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
    issuer.publish([issuer.publicJwk, { ...(await exportJWK(publicKey)), kid: alg, alg }]);
    const now = issuer.clock.seconds;
    const WebIdentityToken = await new SignJWT({ iss: ISSUER, sub: SUBJECT, aud: AUDIENCE, iat: now, exp: now + 300 })
      .setProtectedHeader({ alg, kid: alg })
      .sign(privateKey);
    const answer = await request(WebIdentityToken);
    issuer.publish([issuer.publicJwk]);
    assert.equal(answer.code, "InvalidIdentityToken");
    assert.match(answer.message ?? "", /RS256/);
  });
}
