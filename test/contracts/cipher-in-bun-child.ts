import { hkdfSync } from "node:crypto";
import { nodeCipher } from "../../src/platform/cipher/node-cipher.ts";
import { webCipher } from "../../src/platform/cipher/web-cipher.ts";
import { hmacSha256, sha256 } from "../../src/platform/digest.ts";

/**
 * What the executable computes with Bun's own functions, for `cipher-in-bun.test.ts`, which computes the same in Node: prints
 * JSON of hex texts, by their names.
 */
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
const derive = async (secret: Uint8Array, salt: string, info: string, bytes: number): Promise<string> =>
  hex(await webCipher.derive({ secret, salt, info, bytes }));

const key = Buffer.alloc(32, 7);
const sealed = await webCipher.seal({ key, nonce: Buffer.alloc(12, 1), associated: Buffer.from("a"), text: Buffer.from("text") });
const opened = await nodeCipher.open({ key, nonce: Buffer.alloc(12, 1), associated: Buffer.from("a"), text: sealed });
const results: Readonly<Record<string, string>> = {
  runtime: "bun" in process.versions ? "Bun" : "Node",
  rfc5869Case3: await derive(Buffer.alloc(22, 0x0b), "", "", 42),
  derived: await derive(Buffer.from("secret"), "machine", "brevet key-file 1", 32),
  derivedLong: await derive(Buffer.alloc(80, 3), "s".repeat(70), "i".repeat(100), 255),
  derivedByNode: hex(new Uint8Array(hkdfSync("sha256", Buffer.alloc(80, 3), "s".repeat(70), "i".repeat(100), 255))),
  rfc4231Case2: hex(hmacSha256(Buffer.from("Jefe"), Buffer.from("what do ya want for nothing?"))),
  sha256: hex(sha256("abc")),
  sealed: hex(sealed),
  opened: Buffer.from(opened ?? []).toString(),
};
process.stdout.write(JSON.stringify(results));
