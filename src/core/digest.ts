/*
 * Digests, by what each runtime brings: pure functions, which everything may use. Bun has a hasher of its own; loading
 * `node:crypto` takes there as long as all the rest of a cached call. Nothing is imported, and nothing loaded before it is used.
 */

/** The part of Bun that is used; in Node there is none. */
declare const Bun: { readonly CryptoHasher: new (algorithm: "sha256", key?: Uint8Array) => BunHasher } | undefined;

const SHA256_BYTES = 32;
/** Bun wants room for the longest HMAC there is. */
const LONGEST_DIGEST_BYTES = 64;

interface BunHasher {
  update(data: string | Uint8Array): { digest(into: Uint8Array): Uint8Array; digest(encoding: "hex"): string };
}

/** SHA-256. @see FIPS 180-4 */
export function sha256(data: string | Uint8Array): Uint8Array {
  if (typeof Bun !== "undefined") return rawDigest(new Bun.CryptoHasher("sha256").update(data));
  // In one call: the first object that hashes takes Node a third of a millisecond.
  return process.getBuiltinModule("node:crypto").hash("sha256", data, "buffer");
}

/** SHA-256 in hex. */
export function sha256Hex(data: string | Uint8Array): string {
  if (typeof Bun !== "undefined") return new Bun.CryptoHasher("sha256").update(data).digest("hex");
  return process.getBuiltinModule("node:crypto").hash("sha256", data, "hex");
}

/** HMAC with SHA-256. @see RFC 2104 */
export function hmacSha256(key: Uint8Array, data: Uint8Array): Uint8Array {
  if (typeof Bun !== "undefined") return rawDigest(new Bun.CryptoHasher("sha256", key).update(data));
  return process.getBuiltinModule("node:crypto").createHmac("sha256", key).update(data).digest();
}

/** Bun's digest into bytes of ours: by itself it gives a `Buffer`. */
function rawDigest(hasher: ReturnType<BunHasher["update"]>): Uint8Array {
  return hasher.digest(new Uint8Array(LONGEST_DIGEST_BYTES)).subarray(0, SHA256_BYTES);
}

/** The SHA-256 of a JSON value, in hex: independent of the order in which an object's keys were written. */
export function digestOf(value: unknown): string {
  return sha256Hex(canonicalJson(value));
}

function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  const written: string[] = [];
  for (const key of Object.keys(value).sort()) {
    const member = (value as Readonly<Record<string, unknown>>)[key];
    if (member !== undefined) written.push(`${JSON.stringify(key)}:${canonicalJson(member)}`);
  }
  return `{${written.join(",")}}`;
}
