/*
 * Digests, by what each runtime brings: pure functions, which everything may use. Bun has a hasher of its own; loading
 * `node:crypto` takes there as long as all the rest of a cached call. Nothing is imported, and nothing loaded before it is used.
 */

/** The part of Bun that is used; in Node there is none. */
declare const Bun: { readonly CryptoHasher: new (algorithm: "sha256", key?: Uint8Array) => BunHasher } | undefined;

interface BunHasher {
  update(data: string | Uint8Array): { digest(): Uint8Array };
}

/** SHA-256. @see FIPS 180-4 */
export function sha256(data: string | Uint8Array): Buffer {
  if (typeof Bun !== "undefined") return Buffer.from(new Bun.CryptoHasher("sha256").update(data).digest());
  // In one call: the first object that hashes takes Node a third of a millisecond.
  return process.getBuiltinModule("node:crypto").hash("sha256", data, "buffer");
}

/** HMAC with SHA-256. @see RFC 2104 */
export function hmacSha256(key: Uint8Array, data: Uint8Array): Buffer {
  if (typeof Bun !== "undefined") return Buffer.from(new Bun.CryptoHasher("sha256", key).update(data).digest());
  return process.getBuiltinModule("node:crypto").createHmac("sha256", key).update(data).digest();
}

/** The SHA-256 of a JSON value, in hex: independent of the order in which an object's keys were written. */
export function digestOf(value: unknown): string {
  return sha256(canonicalJson(value)).toString("hex");
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
