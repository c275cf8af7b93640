import type { Configuration, KoaContextWithOIDC } from "oidc-provider";
import * as errors from "oidc-provider/lib/helpers/errors.js";
import { nestsTooDeeply } from "../../core/nesting.ts";
import { ENDPOINTS } from "../../wire/brevet-api/endpoints.ts";
import { acrOf, LEVELS } from "../../wire/brevet-api/levels.ts";
import { ownCookie } from "../http/cookies.ts";
import { outboundFetch } from "../http/outbound-fetch.ts";
import { findAccount } from "./accounts.ts";
import { builtInClients } from "./built-in-clients.ts";
import { checkStrangersName } from "./client-name.ts";
import { providerFeatures } from "./features.ts";
import { signInPolicy } from "./interaction-policy.ts";
import { lifetimes } from "./lifetimes.ts";
import type { ProviderParts } from "./provider-parts.ts";
import { checkRedirects, REDIRECT_MEMBERS } from "./redirect-uris.ts";
import { sessionClaims } from "./session-facts.ts";

/** The provider's configuration: what is on, how long things live, what tokens hold. */
export function providerConfiguration(parts: ProviderParts): Configuration {
  const { settings, keys, seal, reader, pages } = parts;
  const fetchForClients = outboundFetch(settings.internalNetworks);
  return {
    clients: [...builtInClients()],
    // The key that signs comes first: of several that fit, the provider takes that one.
    jwks: {
      keys: signingFirst(parts).map(({ privateJwk, kid, algorithm }) => ({ ...privateJwk, kid, alg: algorithm, use: "sig" })),
    },
    routes: {
      authorization: ENDPOINTS.authorization,
      device_authorization: ENDPOINTS.deviceAuthorization,
      code_verification: ENDPOINTS.deviceCode,
      token: ENDPOINTS.token,
      pushed_authorization_request: ENDPOINTS.pushedAuthorization,
      registration: ENDPOINTS.registration,
      introspection: ENDPOINTS.introspection,
      revocation: ENDPOINTS.revocation,
      userinfo: ENDPOINTS.userinfo,
      end_session: ENDPOINTS.logout,
      jwks: ENDPOINTS.jwks,
    },
    scopes: ["openid", "offline_access", "email", "profile", "groups"],
    claims: {
      openid: ["sub", "acr", "amr", "auth_time"],
      email: ["email", "email_verified"],
      profile: ["name"],
      groups: ["groups"],
    },
    // Scope claims go into the ID token too: many relying parties never ask the userinfo endpoint.
    conformIdTokenClaims: false,
    responseTypes: ["code"],
    subjectTypes: ["public"],
    pkce: { required: () => true },
    features: providerFeatures(parts),
    fetch: (url, options) => fetchForClients(String(url), options),
    acrValues: LEVELS.map(acrOf),
    // The provider takes http of a web client wherever it leads. What is named here is checked before its own rules are.
    extraClientMetadata: {
      properties: [...REDIRECT_MEMBERS, "client_name", "jwks"],
      validator: (context, member, value, metadata) => {
        checkRedirects(member, value, { ...metadata });
        if (member === "jwks" && nestsTooDeeply(value)) throw new errors.InvalidClientMetadata("jwks is nested too deeply");
        // Without a request it is a client that was registered before.
        if (member === "client_name" && context !== undefined) checkStrangersName(value);
      },
    },
    extraTokenClaims: async (context) => sessionClaims(context),
    ttl: lifetimes(settings.sessionSeconds, parts.now),
    rotateRefreshToken: true,
    expiresWithSession: async (context, source) => !outlivesBrowser(context, source),
    issueRefreshToken: async (_context, client, code) =>
      client.grantTypeAllowed("refresh_token") && (code.scopes.has("offline_access") || client.applicationType === "native"),
    cookies: cookieSettings(settings.issuer, seal.derive("provider cookies").toString("base64url")),
    interactions: { policy: signInPolicy(), url: (_context, interaction) => `/interaction/${interaction.uid}` },
    async findAccount(_context, id) {
      const account = await findAccount(reader, id);
      if (account === null) return undefined;
      const { email, name, groups } = account;
      return { accountId: id, claims: async () => ({ sub: id, email, email_verified: true, name, groups: [...groups] }) };
    },
    async renderError(context, { error, error_description: reason }) {
      context.type = "html";
      const isLogout = context.oidc.route === "end_session_confirm";
      context.body = isLogout ? pages.logoutTooOld() : pages.error(error, reason ?? "");
      // The browser may have a newer session by now, which this answer knows nothing of.
      if (isLogout) context.remove("set-cookie");
    },
  };

  function signingFirst({ keys: set }: ProviderParts): typeof keys.keys {
    const first = (["ES256", "RS256"] as const).map((algorithm) => set.signing(algorithm));
    return [...first, ...set.keys.filter((key) => !first.includes(key))];
  }
}

/**
 * Whether a sign-in goes on when the browser that it was made in signs out or lets in the next machine: each machine that a native
 * client is on has a session of its own, until that ends or is ended. What a web client was given is the browser's.
 */
function outlivesBrowser(
  { oidc: { client } }: KoaContextWithOIDC,
  { scopes }: { readonly scopes: ReadonlySet<string> },
): boolean {
  return client?.applicationType === "native" || scopes.has("offline_access");
}

/** The short ones are about one interaction each, and {@link boundInteractions} says whose that is. */
function cookieSettings(issuer: string, key: string): NonNullable<Configuration["cookies"]> {
  const secure = issuer.startsWith("https:");
  return {
    names: { session: ownCookie(issuer, "session").name, interaction: "brevet_interaction", resume: "brevet_resume" },
    keys: [key],
    long: { signed: true, httpOnly: true, sameSite: "lax", secure, path: "/" },
    short: { signed: true, httpOnly: true, sameSite: "lax", secure },
  };
}
