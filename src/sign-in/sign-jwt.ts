import type { SigningKey } from "../core/signer.ts";
import { encodeBase64url } from "../wire/jwt/base64url.ts";
import { compactJwt } from "../wire/jwt/encode.ts";

/** A JWT of a client's own, signed through the Signer port: a proof or an assertion, for its provider alone. */
export async function signJwt(key: SigningKey, header: Readonly<Record<string, unknown>>, claims: object): Promise<string> {
  const full = { alg: key.algorithm, ...header };
  const input = `${encodeBase64url(JSON.stringify(full))}.${encodeBase64url(JSON.stringify(claims))}`;
  return compactJwt(input, await key.sign(Buffer.from(input)));
}
