import assert from "node:assert/strict";
import { Secret } from "../../src/core/secret.ts";
import type { IdToken, Session, SessionTokens, TokenWish } from "../../src/core/session.ts";

export const NOW = 1_900_000_000;

/** A session of somebody who is signed in; what identities ask of it is kept. */
export function signedIn(idToken: Partial<IdToken> = {}, answer?: (wish: TokenWish) => SessionTokens) {
  const wishes: TokenWish[] = [];
  const session: Session = {
    describe: async () => null,
    async tokens(wish) {
      wishes.push(wish);
      return answer?.(wish) ?? tokensOf("access-1", idToken);
    },
    signIn: () => assert.fail("nobody typed login"),
    signOut: () => assert.fail("nobody typed logout"),
  };
  return { session, wishes };
}

/** What a provider gave. */
export function tokensOf(access: string, idToken: Partial<IdToken> = {}): SessionTokens {
  return {
    issuer: "https://id.example",
    subject: "ann",
    person: "ann@example.com",
    idToken: { value: new Secret("ID token", "id"), algorithm: "RS256", claims: {}, expiresAt: NOW + 300, ...idToken },
    accessToken: new Secret("access token", access),
    accessTokenExpiresAt: null,
    tokenType: "Bearer",
  };
}
