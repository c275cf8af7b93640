import type { SigningKey } from "../core/signer.ts";
import { compactJwt, type Json, type JwtHeader, jwtSigningInput } from "../wire/jwt/encode.ts";

/** A JWT of a client's own, signed through the Signer port: a proof or an assertion, for its provider alone. */
export async function signJwt(
  key: SigningKey,
  header: Omit<JwtHeader, "alg">,
  claims: Readonly<Record<string, Json>>,
): Promise<string> {
  const input = jwtSigningInput({ alg: key.algorithm, ...header }, claims);
  return compactJwt(input, await key.sign(Buffer.from(input)));
}
