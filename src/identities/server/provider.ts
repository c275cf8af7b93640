import { CLI_CLIENT_ID } from "../../wire/brevet-api/endpoints.ts";

/** A login server as an OpenID client of it is configured: every one knows the command line. */
export function loginServerProvider(identity: string, url: string) {
  return {
    identity,
    issuer: url,
    clientId: CLI_CLIENT_ID,
    scopes: ["openid", "email", "profile", "groups", "offline_access"],
    // A session begins with a key, not with what is left of the one that the browser has: it has its whole length before it.
    authorizationParameters: { prompt: "login" },
    redirect: { host: "127.0.0.1", ports: [], path: "/callback" },
    grantPerSignIn: true,
  } as const;
}
