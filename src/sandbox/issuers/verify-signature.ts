import { compactVerify, decodeProtectedHeader, importJWK } from "jose";
import { parseJsonObject } from "../../core/json-object.ts";
import type { VerificationKey } from "./verification-keys.ts";

/** A compact JWS with JSON claims of which nothing was checked yet. */
export interface UnverifiedToken {
  readonly header: Readonly<Record<string, unknown>>;
  readonly claims: Readonly<Record<string, unknown>>;
}

/** Takes a token apart; null for anything but a signed JWT with JSON claims (RFC 7519 §7.2, steps 1 to 7). */
export function readToken(token: string): UnverifiedToken | null {
  const parts = token.split(".");
  if (parts.length !== 3) return null;
  try {
    const header = decodeProtectedHeader(token) as Readonly<Record<string, unknown>>;
    const claims = parseJsonObject(Buffer.from(parts[1] ?? "", "base64url").toString("utf8"));
    return claims === null || header["crit"] !== undefined ? null : { header, claims };
  } catch {
    return null;
  }
}

/** Why a key's signature is not on the token, in the library's words; null when it is. */
export async function signatureProblem(token: string, key: VerificationKey, algorithm: string): Promise<string | null> {
  try {
    await compactVerify(token, await importJWK({ ...key }, algorithm), { algorithms: [algorithm] });
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
