import type { RandomBytes } from "../core/random.ts";
import type { SigningKey } from "../core/signer.ts";
import type { EpochSeconds } from "../core/time.ts";
import { encodeBase64url } from "../wire/jwt/base64url.ts";
import { dpopProofInput } from "../wire/jwt/dpop-proof.ts";
import { compactJwt } from "../wire/jwt/encode.ts";

/** Proves that a request is sent by the holder of the session's key. @returns the value of the header `DPoP`. */
export type ProveRequest = (method: string, url: string) => Promise<string>;

/**
 * Proofs by a key that may be in hardware: `openid-client` takes only keys that the runtime itself holds.
 *
 * @param key asked for at the first proof.
 * @see RFC 9449 §4.2
 */
export function dpopProofs(
  key: () => Promise<SigningKey>,
  { now, random }: { readonly now: () => EpochSeconds; readonly random: RandomBytes },
): ProveRequest {
  let opened: Promise<SigningKey> | null = null;
  return async (method, url) => {
    opened ??= key();
    const signingKey = await opened;
    const { origin, pathname } = new URL(url);
    const claims = { htm: method, htu: `${origin}${pathname}`, iat: now(), jti: encodeBase64url(random(16)) };
    const input = dpopProofInput(signingKey, claims);
    return compactJwt(input, await signingKey.sign(Buffer.from(input)));
  };
}
