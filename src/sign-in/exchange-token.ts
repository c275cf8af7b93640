import { type Configuration, genericGrantRequest, type TokenEndpointResponse } from "openid-client";
import { Fault } from "../core/fault.ts";
import { Secret } from "../core/secret.ts";
import { shellCommand } from "../core/shell-command.ts";
import type { ExchangedToken, TokenExchangeWish } from "../core/token-exchange.ts";
import { LACKING, type Lacking } from "../wire/brevet-api/lacking.ts";
import { SAML2_TYPE, TOKEN_EXCHANGE_GRANT } from "../wire/oauth/names.ts";
import type { Provider } from "./provider.ts";
import { translated } from "./provider-faults.ts";

/**
 * Has the provider exchange a token for one of another type.
 *
 * @throws {Fault} as `ExchangeToken` says.
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
      genericGrantRequest(client, TOKEN_EXCHANGE_GRANT, {
        subject_token: wish.subjectToken.reveal(),
        subject_token_type: wish.subjectTokenType,
        audience: wish.audience,
        requested_token_type: wish.requestedTokenType,
        ...wish.parameters,
      }),
    );
  } catch (cause) {
    if (!(cause instanceof Fault) || cause.details["providerCode"] === undefined) throw cause;
    const lacking = lackingOf(cause);
    throw new Fault("TOKEN_EXCHANGE_REFUSED", `no token for ${wish.audience}: ${cause.message}`, {
      cause,
      hints: wish.requestedTokenType === SAML2_TYPE ? hintsFor(provider, wish) : decisionHints(provider, wish, cause, lacking),
      details: { ...cause.details, lacking },
    });
  }
}

/** What the sign-in lacks for a rule of a login server to allow the token, by the words of its refusal. */
function lackingOf({ message, details }: Fault): Lacking | null {
  if (details["providerCode"] !== "access_denied") return null;
  return (Object.keys(LACKING) as Lacking[]).find((name) => message.includes(LACKING[name])) ?? null;
}

/** A rule of the server is not changed by signing in, unless it is about how fresh or strong that was. */
function decisionHints(
  provider: Provider,
  wish: TokenExchangeWish,
  { details }: Fault,
  lacking: Lacking | null,
): readonly string[] {
  if (details["providerCode"] !== "access_denied") return hintsFor(provider, wish);
  const signIn = `sign in anew: \`brevet login ${provider.identity}\``;
  if (lacking === "fresh") return [signIn];
  if (lacking === "level") return [`${signIn}, with a key that the rule takes`];
  const audience = wish.audience === provider.issuer ? [] : [wish.audience];
  const { resource } = wish.parameters ?? {};
  const role = resource === undefined ? [] : ["--role", resource];
  const command = shellCommand`brevet admin rules try ${[wish.person, ...audience, ...role]}`;
  return [`the server's rules say so: ask an administrator, to whom \`${command}\` shows which one`];
}

/** What has to be switched on, and where; few providers have it at all. */
function hintsFor({ identity, issuer, clientId }: Provider, wish: TokenExchangeWish): readonly string[] {
  const { audience, requestedTokenType } = wish;
  if (requestedTokenType !== SAML2_TYPE) return [`if the session was ended there, sign in anew: \`brevet login ${identity}\``];
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
