import * as client from "openid-client";
import { CLI_CLIENT_ID } from "../../src/wire/brevet-api/endpoints.ts";
import { openBrowser, signInThrough } from "./browser.ts";
import type { TrialServer } from "./trial-server.ts";

/** brevet's own client, as an OpenID client of another make sees it. */
export interface CliSession {
  readonly configuration: client.Configuration;
  readonly tokens: client.TokenEndpointResponse & client.TokenEndpointResponseHelpers;
  readonly dpop: client.DPoPHandle;
  readonly keys: client.CryptoKeyPair;
}

export async function discoverCli(trial: Pick<TrialServer, "url">): Promise<client.Configuration> {
  return client.discovery(new URL(trial.url), CLI_CLIENT_ID, {}, client.None(), { execute: [client.allowInsecureRequests] });
}

/** Signs a person in at the command line's client, by a word of the test. */
export function signInAtCli(
  trial: TrialServer,
  account: string,
  form: Readonly<Record<string, string>> = {},
  as?: client.Configuration,
): Promise<CliSession> {
  return authorizeCli(trial, (start, away) => signInThrough(openBrowser(), start, away, { account, ...form }), as);
}

/** Goes through the command line's flow, by code, PKCE and a DPoP key. @param through what a person does until `away`. */
export async function authorizeCli(
  trial: Pick<TrialServer, "url">,
  through: (start: string, away: string) => Promise<string>,
  as?: client.Configuration,
): Promise<CliSession> {
  const configuration = as ?? (await discoverCli(trial));
  const keys = await client.randomDPoPKeyPair("ES256", { extractable: true });
  const dpop = client.getDPoPHandle(configuration, keys);
  const verifier = client.randomPKCECodeVerifier();
  const away = "http://127.0.0.1:7/callback";
  const nonce = client.randomNonce();
  const url = client.buildAuthorizationUrl(configuration, {
    redirect_uri: away,
    scope: "openid email profile groups offline_access",
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
    nonce,
  });
  const back = await through(url.href, away);
  const tokens = await client.authorizationCodeGrant(
    configuration,
    new URL(back),
    { pkceCodeVerifier: verifier, expectedNonce: nonce },
    {},
    { DPoP: dpop },
  );
  return { configuration, tokens, dpop, keys };
}
