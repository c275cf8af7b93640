import * as client from "openid-client";
import { openBrowser, signInThrough } from "../../server/browser.ts";
import { startTrial } from "../../server/trial-server.ts";
import { announce, CLIENT, COMMAND_LINE, type Subject } from "./subject.ts";

/*
 * The login server as it is: SQLite on the disk, every token recorded and on the disk before it is sent. It announces a session
 * with and one without a DPoP key.
 */
const trial = await startTrial({
  settings: { exchangeClients: [CLIENT.client_id], requestsPerMinute: 1e9, exchangesPerMinute: 1e9 },
  ...(process.env["BENCH_DATABASE"] === undefined ? {} : { database: process.env["BENCH_DATABASE"] }),
});
const unit = trial.server.storage.openUnit();
unit.write("INSERT INTO artifact (kind, handle, payload) VALUES ('Client', ?, ?)", [CLIENT.client_id, JSON.stringify(CLIENT)]);
await unit.commit();
await trial.addPerson({ id: "p1", email: "alice@example.com", groups: ["dev"] });

const keys = await client.randomDPoPKeyPair("ES256", { extractable: true });

function configured({ client_id: id }: { readonly client_id: string }): Promise<client.Configuration> {
  return client.discovery(new URL(trial.url), id, {}, client.None(), { execute: [client.allowInsecureRequests] });
}

async function session(configuration: client.Configuration, away: string, options?: client.DPoPOptions): Promise<string> {
  const verifier = client.randomPKCECodeVerifier();
  const url = client.buildAuthorizationUrl(configuration, {
    redirect_uri: away,
    scope: "openid email offline_access",
    prompt: "consent",
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
  });
  const back = await signInThrough(openBrowser(), url.href, away, { account: "p1" });
  return (await client.authorizationCodeGrant(configuration, new URL(back), { pkceCodeVerifier: verifier }, {}, options))
    .access_token;
}

const commandLine = await configured(COMMAND_LINE);
await announce({
  url: trial.url,
  bearer: await session(await configured(CLIENT), CLIENT.redirect_uris[0]),
  bound: await session(commandLine, COMMAND_LINE.redirect_uris[0], { DPoP: client.getDPoPHandle(commandLine, keys) }),
  key: { ...(await crypto.subtle.exportKey("jwk", keys.privateKey)) } as Subject["key"],
  close: () => trial.close(),
});
