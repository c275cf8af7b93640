/** What brevet's command line and its login server have to agree on, besides OpenID Connect. */

/** Paths below the server's URL. A client of another make finds them in the discovery document. */
export const ENDPOINTS = {
  authorization: "/oauth/authorize",
  deviceAuthorization: "/oauth/device",
  deviceCode: "/device",
  token: "/oauth/token",
  pushedAuthorization: "/oauth/par",
  registration: "/oauth/register",
  introspection: "/oauth/introspect",
  revocation: "/oauth/revoke",
  userinfo: "/oauth/userinfo",
  logout: "/oauth/logout",
  jwks: "/.well-known/jwks.json",
  discovery: "/.well-known/openid-configuration",
} as const;

const PATHS: ReadonlySet<string> = new Set(Object.values(ENDPOINTS));

/**
 * Whether a path is one of {@link ENDPOINTS} or directly below one, spelled as it is there: what a path is limited, logged and
 * remembered by is its spelling.
 */
export function isEndpoint(path: string): boolean {
  if (PATHS.has(path)) return true;
  const cut = path.lastIndexOf("/");
  return cut < path.length - 1 && PATHS.has(path.slice(0, cut));
}

/** The client that every server knows as the command line: public, on loopback redirects or device codes, DPoP only. */
export const CLI_CLIENT_ID = "brevet-cli";
