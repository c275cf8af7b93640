import { createHash, randomBytes } from "node:crypto";

/** A new secret for a link or a cookie, and the digest under which the database knows it. */
export function newSecret(): { readonly secret: string; readonly digest: string } {
  const secret = randomBytes(32).toString("base64url");
  return { secret, digest: digestOf(secret) };
}

/** The digest of a secret of 256 random bits: it needs no salt, and nobody finds the secret from it. */
export function digestOf(secret: string): string {
  return createHash("sha256").update(secret).digest("base64url");
}
