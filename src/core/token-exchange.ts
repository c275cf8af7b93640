import type { Secret } from "./secret.ts";

/** What a token of a person's session is exchanged for, at the provider that gave it. */
export interface TokenExchangeWish {
  /** Whose provider it is, as people call it: for the message of a refusal. */
  readonly person: string;
  readonly subjectToken: Secret<string>;
  /** A token type of RFC 8693 §3, as those below: `urn:ietf:params:oauth:token-type:access_token`. */
  readonly subjectTokenType: string;
  /** The audience of the new token: `urn:amazon:webservices`. */
  readonly audience: string;
  readonly requestedTokenType: string;
  /** What else the provider wants to be told. */
  readonly parameters?: Readonly<Record<string, string>>;
}

/** What came of it: of exactly the type that was asked for. */
export interface ExchangedToken {
  readonly value: Secret<string>;
  /** Null where the provider does not say. */
  readonly expiresInSeconds: number | null;
}

/**
 * The token exchange of a provider, as identities use it.
 *
 * @throws {Fault} `TOKEN_EXCHANGE_REFUSED` with the provider's reason and what to do; `TOKEN_EXCHANGE_UNFIT` for a token of another
 * type than was asked for; a fault of the network.
 * @see RFC 8693 §2
 */
export type ExchangeToken = (wish: TokenExchangeWish) => Promise<ExchangedToken>;
