import { type Configuration, genericGrantRequest, type TokenEndpointResponse } from "openid-client";
import { Fault } from "../core/fault.ts";
import { Secret } from "../core/secret.ts";
import { posixWord } from "../wire/shell/posix-word.ts";
import type { Provider } from "./provider.ts";
import { translated } from "./provider-faults.ts";

/** What a token is exchanged for. */
export interface TokenExchangeWish {
  readonly subjectToken: Secret<string>;
  /** `id`: the subject token is an ID token. */
  readonly subjectTokenKind: "access" | "id";
  /** For whom the new token is: `urn:amazon:webservices`. */
  readonly audience: string;
  /** RFC 8693 §3: `urn:ietf:params:oauth:token-type:saml2`. */
  readonly requestedTokenType: string;
  /** What the provider wants to know beside these. */
  readonly parameters?: Readonly<Record<string, string>>;
}

/** What came of it: of exactly the type that was asked for. */
export interface ExchangedToken {
  readonly value: Secret<string>;
  /** Null where the provider does not say. */
  readonly expiresInSeconds: number | null;
}

const SAML2 = "urn:ietf:params:oauth:token-type:saml2";
const GRANT = "urn:ietf:params:oauth:grant-type:token-exchange";

/**
 * Has the provider exchange a token for one of another type.
 *
 * @throws {Fault} `TOKEN_EXCHANGE_REFUSED` with what to switch on, `TOKEN_EXCHANGE_UNFIT` for a token of another type than was asked
 * for; a fault of the network.
 * @see RFC 8693 §2
 */
export async function exchangeToken(client: Configuration, provider: Provider, wish: TokenExchangeWish): Promise<ExchangedToken> {
  const response = await request(client, provider, wish);
  const issued = response["issued_token_type"];
  if (issued !== wish.requestedTokenType) {
    const what =
      typeof issued === "string" ? `a token of the type ${issued.slice(0, 100)}` : "a token without saying of which type";
    throw new Fault("TOKEN_EXCHANGE_UNFIT", `${provider.issuer} gave ${what}, not ${wish.requestedTokenType}`, {
      hints: hintsFor(provider, wish),
    });
  }
  const { access_token: token, expires_in: life } = response;
  return { value: new Secret("exchanged token", token), expiresInSeconds: typeof life === "number" ? life : null };
}

async function request(client: Configuration, provider: Provider, wish: TokenExchangeWish): Promise<TokenEndpointResponse> {
  try {
    return await translated(provider, () =>
      genericGrantRequest(client, GRANT, {
        subject_token: wish.subjectToken.reveal(),
        subject_token_type: `urn:ietf:params:oauth:token-type:${wish.subjectTokenKind}_token`,
        audience: wish.audience,
        requested_token_type: wish.requestedTokenType,
        ...wish.parameters,
      }),
    );
  } catch (cause) {
    if (!(cause instanceof Fault) || cause.details["providerCode"] === undefined) throw cause;
    throw new Fault("TOKEN_EXCHANGE_REFUSED", `no token for ${wish.audience}: ${cause.message}`, {
      cause,
      hints: wish.requestedTokenType === SAML2 ? hintsFor(provider, wish) : decisionHints(provider, wish, cause),
      details: cause.details,
    });
  }
}

/** A rule of the server is not changed by signing in, unless it is about how fresh or strong that was. */
function decisionHints(provider: Provider, wish: TokenExchangeWish, { message, details }: Fault): readonly string[] {
  if (details["providerCode"] !== "access_denied") return hintsFor(provider, wish);
  const signIn = `sign in anew: \`brevet login ${provider.identity}\``;
  if (message.includes("a fresher sign-in")) return [signIn];
  if (message.includes("a stronger key")) return [`${signIn}, with a key that the rule takes`];
  const audience = wish.audience === provider.issuer ? "" : ` ${posixWord(wish.audience)}`;
  const { resource } = wish.parameters ?? {};
  const role = resource === undefined ? "" : ` --role ${posixWord(resource)}`;
  return [
    `the server's rules say so: ask an administrator, to whom \`brevet admin rules try YOUR-ADDRESS${audience}${role}\` shows which one`,
  ];
}

/** What has to be switched on, and where; few providers have it at all. */
function hintsFor({ identity, issuer, clientId }: Provider, wish: TokenExchangeWish): readonly string[] {
  const { audience, requestedTokenType } = wish;
  if (requestedTokenType !== SAML2) return [`if the session was ended there, sign in anew: \`brevet login ${identity}\``];
  if (/\/realms\/[^/]+\/?$/.test(issuer)) {
    return [
      "Keycloak does it by its legacy token exchange: `bin/kc.sh start --features=token-exchange:v1,admin-fine-grained-authz:v1`",
      `let the client ${clientId} exchange for ${audience}: permissions of that client, scope \`token-exchange\``,
    ];
  }
  return [
    "the provider has to offer OAuth 2.0 Token Exchange (RFC 8693) for SAML 2.0 assertions, and to allow it to this client",
    "without it, let AWS trust the provider's ID tokens: take `saml` out of the profile",
  ];
}
