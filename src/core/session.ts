import type { Secret } from "./secret.ts";
import type { EpochSeconds } from "./time.ts";

/**
 * The Session port: what a person's sign-in at a provider left, and how to have it renewed, begun and ended. Identities that
 * people prove get their tokens from one; how a person is signed in is not their business.
 */

/** Tokens as they can be used now. Those of an ID token were verified; an access token is for the provider alone to read. */
export interface SessionTokens {
  readonly issuer: string;
  /** The `sub` of the person. */
  readonly subject: string;
  /** Null once the ID token of the sign-in has ended, where the provider sends none with a refresh. */
  readonly idToken: IdToken | null;
  readonly accessToken: Secret<string>;
  /** Null where the provider does not say. */
  readonly accessTokenExpiresAt: EpochSeconds | null;
  /** `DPoP`: of use only with proofs by the session's own key (RFC 9449). */
  readonly tokenType: "Bearer" | "DPoP";
}

/** An ID token whose signature, issuer, audience, nonce and times were verified. */
export interface IdToken {
  readonly value: Secret<string>;
  /** The algorithm of its signature: `RS256`. */
  readonly algorithm: string;
  readonly claims: Readonly<Record<string, unknown>>;
  readonly expiresAt: EpochSeconds;
}

/** What is known of a session without asking anybody. */
export interface SessionDescription {
  readonly issuer: string;
  readonly subject: string;
  /** What people know the person by, where the ID token has it: an e-mail address or a user name. */
  readonly label: string | null;
  readonly signedInAt: EpochSeconds;
  /** Until when its ID token serves without the provider. */
  readonly idTokenExpiresAt: EpochSeconds;
  /** Whether it can be renewed without the person. */
  readonly renewable: boolean;
}

/** What tokens are wanted for. */
export interface TokenWish {
  /** `id`: the ID token has to live that long; `access`: the access token. */
  readonly token: "id" | "access";
  readonly minLifeSeconds: number;
}

export interface Session {
  /** @returns null while nobody is signed in. @throws {Fault} `STORE_ENTRY_DAMAGED` */
  describe(): Promise<SessionDescription | null>;
  /**
   * Tokens that live long enough: kept ones, else renewed ones, else those of a new sign-in, if a person is there.
   *
   * @throws {Fault} `PERSON_ABSENT` with the command to run; what a sign-in raises; a fault of the network.
   */
  tokens(wish: TokenWish): Promise<SessionTokens>;
  /** Signs a person in, whoever is signed in now. @throws {Fault} `PERSON_ABSENT`, `SIGN_IN_CANCELLED`, … */
  signIn(): Promise<SessionTokens>;
}
