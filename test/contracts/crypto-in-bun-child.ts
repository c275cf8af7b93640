import { hkdfSync } from "node:crypto";
import { hmacSha256, sha256 } from "../../src/core/digest.ts";
import { Secret } from "../../src/core/secret.ts";
import { hkdf } from "../../src/platform/cipher/hkdf.ts";
import { nodeCipher } from "../../src/platform/cipher/node-cipher.ts";
import { webCipher } from "../../src/platform/cipher/web-cipher.ts";
import { createSealedKey, openSealedKey } from "../../src/signers/software/sealed-key.ts";
import { checkSignature } from "../../src/wire/jwt/verify.ts";

/**
 * What the executable computes with Bun's own functions, for `crypto-in-bun.test.ts`, which computes the same in Node: prints
 * JSON of hex texts, by their names.
 */
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
const derive = (secret: Uint8Array, salt: string, info: string, bytes: number): string =>
  hex(hkdf({ secret, salt, info, bytes }));

const key = Buffer.alloc(32, 7);
const sealed = await webCipher.seal({ key, nonce: Buffer.alloc(12, 1), associated: Buffer.from("a"), text: Buffer.from("text") });
const opened = await nodeCipher.open({ key, nonce: Buffer.alloc(12, 1), associated: Buffer.from("a"), text: sealed });
const results: Readonly<Record<string, string>> = {
  runtime: "bun" in process.versions ? "Bun" : "Node",
  rfc5869Case3: derive(Buffer.alloc(22, 0x0b), "", "", 42),
  derived: derive(Buffer.from("secret"), "machine", "brevet key-file 1", 32),
  derivedLong: derive(Buffer.alloc(80, 3), "s".repeat(70), "i".repeat(100), 255),
  derivedByNode: hex(new Uint8Array(hkdfSync("sha256", Buffer.alloc(80, 3), "s".repeat(70), "i".repeat(100), 255))),
  rfc4231Case2: hex(hmacSha256(Buffer.from("Jefe"), Buffer.from("what do ya want for nothing?"))),
  sha256: hex(sha256("abc")),
  sealed: hex(sealed),
  opened: Buffer.from(opened ?? []).toString(),
};

/** A key that is made, kept and opened, what it signs, and of which altered signatures it is said that they match. */
async function signed(algorithm: "ES256" | "RS256") {
  const message = Buffer.from("message");
  const { pkcs8, key: made } = await createSealedKey(algorithm);
  const { sign, ...opened } = await openSealedKey(new Secret("key", pkcs8), algorithm, "entry");
  const signature = await sign(message);
  const altered = new Uint8Array(signature);
  altered[5] = (altered[5] ?? 0) ^ 1;
  const attempts = [signature, altered, signature.subarray(1), new Uint8Array(), new Uint8Array(signature.length)];
  const matches = await Promise.all(attempts.map((attempt) => checkSignature(opened.jwk, message, attempt)));
  return { sameKey: made.kid === opened.kid, jwk: opened.jwk, signature: hex(signature), matches };
}

process.stdout.write(JSON.stringify({ results, signed: [await signed("ES256"), await signed("RS256")] }));
