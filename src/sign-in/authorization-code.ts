import {
  authorizationCodeGrant,
  buildAuthorizationUrl,
  type Configuration,
  calculatePKCECodeChallenge,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
} from "openid-client";
import type { Clock } from "../core/time.ts";
import type { Provider } from "./provider.ts";
import { translated } from "./provider-faults.ts";
import { readTokens, requireTimely, type TokenSet } from "./read-tokens.ts";

/** One sign-in by the authorization code flow: where the browser goes, and what its return is redeemed with. */
export interface Authorization {
  /** At the provider. */
  readonly url: string;
  /** Whether an answer names this sign-in; one that does not may be anybody's. */
  isOurs(answer: URL): boolean;
  /**
   * Tokens for the answer that the browser came back with.
   *
   * @param answer the redirect URL as it was called, with its query.
   * @throws {Fault} `SIGN_IN_MIXED_UP`, `SIGN_IN_REFUSED`, `CODE_REFUSED`, `CLIENT_REFUSED`, a code of `ID_TOKEN_…`.
   */
  redeem(answer: URL): Promise<TokenSet>;
}

/**
 * Begins a sign-in with PKCE by S256, `state` and `nonce`; the answer's `iss` is checked where the provider announces it or
 * sends it.
 *
 * @see RFC 6749 §4.1; RFC 7636; RFC 9207; OpenID Connect Core 1.0 §3.1
 */
export async function beginAuthorization(
  client: Configuration,
  provider: Provider,
  redirectUri: string,
  clock: Pick<Clock, "now">,
): Promise<Authorization> {
  const [state, nonce, verifier] = [randomState(), randomNonce(), randomPKCECodeVerifier()];
  const challenge = await calculatePKCECodeChallenge(verifier);
  // RFC 9449 §10: a code that is stolen is of no use without the key.
  const bound = provider.proofKey === undefined ? {} : { dpop_jkt: (await provider.proofKey()).kid };
  const url = await translated(provider, async () =>
    buildAuthorizationUrl(client, {
      ...provider.authorizationParameters,
      ...bound,
      redirect_uri: redirectUri,
      scope: provider.scopes.join(" "),
      state,
      nonce,
      code_challenge: challenge,
      code_challenge_method: "S256",
    }),
  );
  return {
    url: url.href,
    isOurs: (answer) => answer.searchParams.get("state") === state,
    redeem: (answer) =>
      translated(provider, async () => {
        const checks = { expectedState: state, expectedNonce: nonce, pkceCodeVerifier: verifier, idTokenExpected: true };
        const tokens = readTokens(await authorizationCodeGrant(client, answer, checks), clock.now());
        return requireTimely(tokens, provider.issuer, clock.now());
      }),
  };
}
