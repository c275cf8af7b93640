import type { Configuration } from "oidc-provider";
import type { ProviderParts } from "./create-provider.ts";

/** What of OpenID Connect and its neighbours is on. What is not named here is off. */
export function providerFeatures({ seal, pages }: ProviderParts): NonNullable<Configuration["features"]> {
  return {
    devInteractions: { enabled: false },
    dPoP: { enabled: true, nonceSecret: seal.derive("DPoP nonces"), requireNonce: () => false },
    pushedAuthorizationRequests: { enabled: true },
    deviceFlow: {
      enabled: true,
      async userCodeInputSource(context, form, _out, cause) {
        context.type = "html";
        context.body = pages.deviceCode(form, cause === undefined ? null : "userCode" in cause ? "wrong" : "failed");
      },
      async userCodeConfirmSource(context, form, client, _device, userCode) {
        context.type = "html";
        context.body = pages.deviceConfirm(form, client.clientName ?? client.clientId, userCode);
      },
      async successSource(context) {
        context.type = "html";
        context.body = pages.deviceDone(context.oidc.client?.clientName ?? "");
      },
    },
    revocation: { enabled: true },
    introspection: { enabled: true },
    userinfo: { enabled: true },
    registration: { enabled: true },
    registrationManagement: { enabled: true },
    backchannelLogout: { enabled: true },
    rpInitiatedLogout: {
      enabled: true,
      async logoutSource(context, form) {
        context.type = "html";
        context.body = pages.logout(form);
      },
      async postLogoutSuccessSource(context) {
        context.type = "html";
        context.body = pages.loggedOut();
      },
    },
  };
}
