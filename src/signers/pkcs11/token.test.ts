import assert from "node:assert/strict";
import { generateKeyPairSync, type JsonWebKey, type KeyObject, sign } from "node:crypto";
import { describe, test } from "node:test";
import { Fault } from "../../core/fault.ts";
import { parsePublicJwk } from "../../wire/jwk/public-jwk.ts";
import { jwkThumbprint } from "../../wire/jwk/thumbprint.ts";
import { encodeModuleAnswer } from "./module-request.ts";
import { type TokenKey, tokenOf } from "./token.ts";

const MESSAGE = Buffer.from("header.claims");
const mine = generateKeyPairSync("ec", { namedCurve: "P-256" });
const others = generateKeyPairSync("ec", { namedCurve: "P-256" });

function keyOf(publicKey: KeyObject): TokenKey {
  const jwk = parsePublicJwk(publicKey.export({ format: "jwk" }) as JsonWebKey & Record<string, unknown>) ?? assert.fail();
  return { id: "01", key: { kid: jwkThumbprint(jwk), algorithm: "ES256", jwk } };
}

function signedBy(key: KeyObject, message = MESSAGE): Buffer {
  return sign("sha256", message, { key, dsaEncoding: "ieee-p1363" });
}

/** Has a token sign whose module answers this, in a process of its own as a real one does. */
function signOnTokenThatAnswers(signature: Buffer): Promise<Uint8Array> {
  const answer = encodeModuleAnswer({ signature: signature.toString("hex") });
  const token = tokenOf(
    { module: "/usr/lib/module.so", selector: {} } as Parameters<typeof tokenOf>[0],
    {
      terminal: { askSecret: async () => assert.fail("nobody is asked"), instruct: () => undefined, say: () => undefined },
      environment: process.env,
      moduleProgram: [process.execPath, "-e", `process.stdin.resume(); process.stdout.write(${JSON.stringify(answer)})`],
    },
    "laptop",
  );
  return token.sign(keyOf(mine.publicKey), MESSAGE, null);
}

describe("a signature of a token", () => {
  test("is given on when it is by the key that was asked for", async () => {
    const signature = signedBy(mine.privateKey);
    assert.deepEqual(Buffer.from(await signOnTokenThatAnswers(signature)), signature);
  });

  for (const [what, signature] of [
    ["by another key", signedBy(others.privateKey)],
    ["over something else", signedBy(mine.privateKey, Buffer.from("header.other"))],
    ["that is cut short", signedBy(mine.privateKey).subarray(0, 63)],
    ["that is none", Buffer.alloc(64)],
  ] as const) {
    test(`is refused ${what}`, async () => {
      await assert.rejects(
        signOnTokenThatAnswers(signature),
        (cause) => cause instanceof Fault && cause.code === "SIGNER_FAILED" && /not by the key of laptop/.test(cause.message),
      );
    });
  }
});
