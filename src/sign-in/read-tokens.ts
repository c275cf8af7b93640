import type { TokenEndpointResponse, TokenEndpointResponseHelpers } from "openid-client";
import { Fault } from "../core/fault.ts";
import { Secret } from "../core/secret.ts";
import type { IdToken } from "../core/session.ts";
import { CLOCK_HINT, type EpochSeconds } from "../core/time.ts";
import { decodeJwtUnverified } from "../wire/jwt/decode.ts";

/** What a provider's token endpoint gave, as it is kept. */
export interface TokenSet {
  /** Null where none came: some providers send none with a refresh. */
  readonly idToken: IdToken | null;
  readonly accessToken: Secret<string>;
  readonly accessTokenExpiresAt: EpochSeconds | null;
  readonly refreshToken: Secret<string> | null;
  readonly tokenType: "Bearer" | "DPoP";
}

/** How far a provider's clock may be ahead of ours before its tokens count as not valid yet, in seconds. */
const EARLY_SECONDS = 300;

/** How far the clocks may differ otherwise, in seconds. */
const TOLERATED_SECONDS = 30;

/** The tokens of an answer that `openid-client` has processed, ID token verified but for its times: {@link untimely}. */
export function readTokens(answer: TokenEndpointResponse & TokenEndpointResponseHelpers, now: EpochSeconds): TokenSet {
  const { access_token: accessToken, expires_in: lifeSeconds, refresh_token: refreshToken, token_type: type } = answer;
  return {
    idToken: readIdToken(answer),
    accessToken: new Secret("access token", accessToken),
    accessTokenExpiresAt: lifeSeconds === undefined ? null : now + Math.floor(lifeSeconds),
    refreshToken: refreshToken === undefined ? null : new Secret("refresh token", refreshToken),
    tokenType: type === "dpop" ? "DPoP" : "Bearer",
  };
}

/** The tokens of a sign-in. @throws {Fault} as {@link untimely} says. */
export function requireTimely(tokens: TokenSet, issuer: string, now: EpochSeconds): TokenSet {
  const fault = untimely(tokens, issuer, now);
  if (fault !== null) throw fault;
  return tokens;
}

/**
 * What this machine's clock has against an ID token: `ID_TOKEN_EXPIRED`, or `ID_TOKEN_EARLY`, also for one that was issued in the
 * future, which AWS does not take.
 */
export function untimely({ idToken }: TokenSet, issuer: string, now: EpochSeconds): Fault | null {
  if (idToken === null) return null;
  const { iat, nbf } = idToken.claims;
  const fault = (code: "ID_TOKEN_EXPIRED" | "ID_TOKEN_EARLY", says: string): Fault =>
    new Fault(code, `the ID token ${says} (${issuer})`, { hints: [CLOCK_HINT] });
  if (idToken.expiresAt <= now - TOLERATED_SECONDS) return fault("ID_TOKEN_EXPIRED", "has expired");
  if (Number(nbf) > now + TOLERATED_SECONDS) return fault("ID_TOKEN_EARLY", "is not valid yet");
  return Number(iat) > now + EARLY_SECONDS ? fault("ID_TOKEN_EARLY", "was issued in the future") : null;
}

function readIdToken(answer: TokenEndpointResponse & TokenEndpointResponseHelpers): IdToken | null {
  const claims = answer.claims();
  if (answer.id_token === undefined || claims === undefined) return null;
  const { alg } = decodeJwtUnverified(answer.id_token).header;
  return { value: new Secret("ID token", answer.id_token), algorithm: String(alg), claims, expiresAt: Math.floor(claims.exp) };
}
