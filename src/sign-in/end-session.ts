import { buildEndSessionUrl, type Configuration, tokenRevocation } from "openid-client";
import type { OpenBrowser } from "../platform/browser.ts";
import type { Provider } from "./provider.ts";
import { translated } from "./provider-faults.ts";
import type { SessionRecord } from "./session-record.ts";

/**
 * Has the provider forget the session's refresh token, and with it, at most providers, the access tokens that came of it.
 *
 * @returns false where the provider has no way to do so.
 * @throws {Fault} what the provider raises; the token may live on then.
 * @see RFC 7009
 */
export async function revokeTokens(client: Configuration, provider: Provider, record: SessionRecord): Promise<boolean> {
  const { revocation_endpoint: endpoint } = client.serverMetadata();
  if (endpoint === undefined) return false;
  const { refreshToken, accessToken } = record;
  await translated(provider, () =>
    refreshToken === null
      ? tokenRevocation(client, accessToken.reveal(), { token_type_hint: "access_token" })
      : tokenRevocation(client, refreshToken.reveal(), { token_type_hint: "refresh_token" }),
  );
  return true;
}

/**
 * Opens the provider's own page on which the person ends what the browser remembers of the sign-in. The address names the client
 * and no more: every user of this machine can read what a browser is started with, and an ID token gives its reader a role.
 *
 * @returns whether a browser was opened; false too where the provider has no such page.
 * @throws {Fault} `PROVIDER_UNFIT` for an address that is none.
 * @see OpenID Connect RP-Initiated Logout 1.0 §2
 */
export async function endBrowserSession(client: Configuration, provider: Provider, open: OpenBrowser): Promise<boolean> {
  if (client.serverMetadata().end_session_endpoint === undefined) return false;
  const page = await translated(provider, async () => buildEndSessionUrl(client, {}));
  return open(page.href);
}
