import type { Configuration } from "oidc-provider";
import * as errors from "oidc-provider/lib/helpers/errors.js";
import { nameOf } from "./client-name.ts";
import type { ProviderParts } from "./provider-parts.ts";

/** What of OpenID Connect and its neighbours is on. What is not named here is off. */
export function providerFeatures({ seal, pages, settings }: ProviderParts): NonNullable<Configuration["features"]> {
  return {
    devInteractions: { enabled: false },
    dPoP: { enabled: true, nonceSecret: seal.derive("DPoP nonces"), requireNonce: () => false },
    pushedAuthorizationRequests: { enabled: true },
    deviceFlow: {
      enabled: true,
      async userCodeInputSource(context, form, _out, cause) {
        context.type = "html";
        context.body = pages.deviceCode(form, cause === undefined ? null : problemOf(cause));
      },
      async userCodeConfirmSource(context, form, client, device, userCode) {
        const from = { device: String(device["ip"]), browser: context.ip };
        context.type = "html";
        context.body = pages.deviceConfirm(form, nameOf(client), userCode, from);
      },
      async successSource(context) {
        context.type = "html";
        context.body = pages.deviceDone(context.oidc.client === undefined ? "" : nameOf(context.oidc.client));
      },
    },
    // A client may ask about its own tokens and revoke them; a resource server, about those that are for it.
    revocation: { enabled: true, allowedPolicy: async (_context, client, token) => token.clientId === client.clientId },
    // RFC 7662 §2.1: the thief of a token could pose as a client without a secret, and learn whose it is.
    introspection: {
      enabled: true,
      allowedPolicy: async (_context, client, token) => client.clientAuthMethod !== "none" && token.clientId === client.clientId,
    },
    resourceIndicators: {
      enabled: true,
      useGrantedResource: async () => true,
      async getResourceServerInfo(_context, resource) {
        if (!settings.resources.includes(resource)) throw new errors.InvalidTarget();
        return {
          audience: resource,
          scope: "openid email profile groups",
          accessTokenFormat: "jwt",
          jwt: { sign: { alg: "ES256" } },
        };
      },
    },
    userinfo: { enabled: true },
    registration: { enabled: settings.limits.registrationsPerMinute > 0 },
    registrationManagement: { enabled: settings.limits.registrationsPerMinute > 0 },
    backchannelLogout: { enabled: true },
    rpInitiatedLogout: {
      enabled: true,
      async logoutSource(context, form) {
        context.type = "html";
        context.body = pages.logout(form);
      },
      async postLogoutSuccessSource(context) {
        // The provider leads here, too, when somebody has decided to stay signed in.
        const { accountId } = await context.oidc.provider.Session.get(context);
        context.type = "html";
        context.body = accountId === undefined ? pages.loggedOut() : pages.notLoggedOut();
      },
    },
  };
}

/** @see {@link ProviderPages.deviceCode} */
function problemOf(cause: Error): "wrong" | "stopped" | "failed" {
  if (cause.name === "AbortedError") return "stopped";
  return "userCode" in cause ? "wrong" : "failed";
}
