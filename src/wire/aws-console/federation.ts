import type { AwsCredentials } from "../../core/credentials.ts";
import type { HttpResponse } from "../../core/http.ts";
import { parseJsonObject } from "../../core/json-object.ts";
import { Secret } from "../../core/secret.ts";
import { issuedToken } from "../oauth/issued-token.ts";

/*
 * The federation endpoint of the console: role credentials for a token, and the token for a session in the browser.
 *
 * @see IAM User Guide, id_roles_providers_enable-console-custom-url
 */

/** Of the endpoint, below the host. */
export const FEDERATION_PATH = "/federation";

/** How long the session may be asked for, in seconds: `SessionDuration`. */
export const SESSION_SECONDS = { min: 900, max: 43_200 } as const;

/**
 * The call of `getSigninToken`. The guide shows it with everything in the address, where proxies and servers log it; AWS's own toolkit for
 * IntelliJ sends the same parameters as a form.
 *
 * @param sessionSeconds null: the session lives as long as the credentials.
 */
export function encodeGetSigninToken(credentials: AwsCredentials, sessionSeconds: number | null) {
  const session = {
    sessionId: credentials.accessKeyId,
    sessionKey: credentials.secretAccessKey.reveal(),
    sessionToken: credentials.sessionToken.reveal(),
  };
  const form = new URLSearchParams({ Action: "getSigninToken", SessionType: "json", Session: JSON.stringify(session) });
  if (sessionSeconds !== null) form.set("SessionDuration", String(sessionSeconds));
  return {
    headers: { "content-type": "application/x-www-form-urlencoded; charset=utf-8", "user-agent": "brevet" },
    body: form.toString(),
  };
}

/** The token in the answer to `getSigninToken`; null for what holds none. */
export function readSigninToken({ body }: Pick<HttpResponse, "body">): Secret<string> | null {
  return issuedToken("sign-in token", parseJsonObject(body)?.["SigninToken"]);
}

/** The address that signs whoever opens it in, for 15 minutes. */
export function signInUrl(endpoint: string, token: Secret<string>, destination: string): Secret<string> {
  const url = new URL(endpoint);
  url.search = new URLSearchParams({ Action: "login", Destination: destination, SigninToken: token.reveal() }).toString();
  return new Secret("sign-in address", url.href);
}
