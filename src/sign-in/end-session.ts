import { buildEndSessionUrl, type Configuration, tokenRevocation } from "openid-client";
import type { RandomBytes } from "../core/random.ts";
import { plain } from "../platform/http/listen-on-loopback.ts";
import { encodeBase64url } from "../wire/jwt/base64url.ts";
import { listenForReturn } from "./loopback/listen.ts";
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

/** How long the browser has to ask for the page that sends it on. */
const BROWSER_SECONDS = 20;

/**
 * Ends what the browser remembers of the sign-in, by the provider's own page. The ID token that tells the provider whose session
 * it is goes through a page of ours: on a command line, every user of this machine could read it.
 *
 * @returns whether the browser came; false where the provider has no such page.
 * @see OpenID Connect RP-Initiated Logout 1.0 §2
 */
export async function endBrowserSession(
  client: Configuration,
  record: SessionRecord,
  open: (url: string) => Promise<boolean>,
  random: RandomBytes,
): Promise<boolean> {
  if (client.serverMetadata().end_session_endpoint === undefined) return false;
  const target = buildEndSessionUrl(client, { id_token_hint: record.idToken.value.reveal() });
  const path = `/${encodeBase64url(random(16))}`;
  let came: () => void = () => undefined;
  const visit = new Promise<boolean>((resolve) => {
    came = () => resolve(true);
    setTimeout(resolve, BROWSER_SECONDS * 1000, false).unref();
  });
  const loopback = await listenForReturn({ host: "127.0.0.1", ports: [], path }, async ({ url }) =>
    url.pathname === path
      ? { ...plain(302, "go on"), headers: { location: target.href }, delivered: came }
      : plain(404, "there is nothing here"),
  );
  try {
    return (await open(loopback.redirectUri)) && (await visit);
  } finally {
    await loopback.close();
  }
}
