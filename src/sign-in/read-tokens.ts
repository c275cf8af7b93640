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

/**
 * The tokens of an answer that `openid-client` has processed, ID token verified.
 *
 * @throws {Fault} `ID_TOKEN_EARLY` for one that was issued in the future, which the library lets pass and AWS does not.
 */
export function readTokens(
  answer: TokenEndpointResponse & TokenEndpointResponseHelpers,
  issuer: string,
  now: EpochSeconds,
): TokenSet {
  const { access_token: accessToken, expires_in: lifeSeconds, refresh_token: refreshToken, token_type: type } = answer;
  return {
    idToken: readIdToken(answer, issuer, now),
    accessToken: new Secret("access token", accessToken),
    accessTokenExpiresAt: lifeSeconds === undefined ? null : now + Math.floor(lifeSeconds),
    refreshToken: refreshToken === undefined ? null : new Secret("refresh token", refreshToken),
    tokenType: type === "dpop" ? "DPoP" : "Bearer",
  };
}

function readIdToken(
  answer: TokenEndpointResponse & TokenEndpointResponseHelpers,
  issuer: string,
  now: EpochSeconds,
): IdToken | null {
  const claims = answer.claims();
  if (answer.id_token === undefined || claims === undefined) return null;
  if (claims.iat > now + EARLY_SECONDS) {
    throw new Fault("ID_TOKEN_EARLY", `the ID token was issued in the future (${issuer})`, {
      hints: [CLOCK_HINT],
    });
  }
  const { alg } = decodeJwtUnverified(answer.id_token).header;
  return { value: new Secret("ID token", answer.id_token), algorithm: String(alg), claims, expiresAt: Math.floor(claims.exp) };
}
