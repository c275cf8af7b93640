import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import * as client from "openid-client";
import { expiryJob } from "../../../src/server/expiry.ts";
import { ENDPOINTS } from "../../../src/wire/brevet-api/endpoints.ts";
import { type CliSession, signInAtCli } from "../../server/sign-in.ts";
import { startTrial, type TrialServer } from "../../server/trial-server.ts";
import { type PostgresServer, startPostgres } from "./postgres-server.ts";

/** Longer than a proof is good; an instance so far off is not ready, and sweeps all the same. */
const FAST_SECONDS = 700;

let postgres: PostgresServer;
let right: TrialServer;
let fast: TrialServer;
before(async () => {
  postgres = await startPostgres();
  const database = await postgres.createDatabase("clocks");
  right = await startTrial({ database });
  fast = await startTrial({ database, dataFolder: right.dataFolder, url: right.url, clockOffset: FAST_SECONDS });
  await right.addPerson({ id: "p1", email: "alice@example.com" });
});
after(async () => {
  await fast?.stop();
  await right?.close();
  await postgres.close();
});

/** Has the instance whose clock is fast sweep, as it does each minute. */
const sweep = (): Promise<void> => expiryJob(fast.server.storage).run(fast.now());

/** What the command line's client sends with an exchange, to be sent again as it is. */
async function exchangeOnce({ configuration, tokens, dpop }: CliSession): Promise<RequestInit> {
  let sent: RequestInit | null = null;
  configuration[client.customFetch] = async (url, options) => {
    sent = { method: options.method, headers: options.headers, body: String(options.body) };
    return fetch(url, sent);
  };
  const wish = { subject_token: tokens.access_token, subject_token_type: "urn:ietf:params:oauth:token-type:access_token" };
  const exchange = "urn:ietf:params:oauth:grant-type:token-exchange";
  await client.genericGrantRequest(configuration, exchange, { ...wish, audience: right.url }, { DPoP: dpop });
  assert.ok(sent !== null);
  return sent;
}

test("an instance whose clock is fast has nobody use a proof twice", async () => {
  const sent = await exchangeOnce(await signInAtCli(right, "p1"));
  await sweep();
  const again = await fetch(`${right.url}${ENDPOINTS.token}`, sent);
  assert.equal(again.status, 400, await again.text());
});

test("an instance whose clock is fast ends no sign-in that was begun at another", async () => {
  const configuration = await client.discovery(new URL(right.url), "brevet-cli", {}, client.None(), {
    execute: [client.allowInsecureRequests],
  });
  await client.initiateDeviceAuthorization(configuration, { scope: "openid email" });
  await sweep();
  const rows = await right.server.storage.read("SELECT COUNT(*) AS n FROM artifact WHERE kind = 'DeviceCode'");
  assert.deepEqual(rows, [{ n: 1 }]);
});

test("an instance whose clock is off says so, and is not ready", async () => {
  const port = fast.server.port;
  const ready = await fetch(`http://127.0.0.1:${port}/ready`);
  const body = (await ready.json()) as { readonly status: string; readonly clockAheadSeconds: number };
  assert.deepEqual([ready.status, body.status], [503, "clock"]);
  assert.ok(Math.abs(body.clockAheadSeconds - FAST_SECONDS) < 20, `${body.clockAheadSeconds}`);
  assert.equal((await fetch(`${right.url}/ready`)).status, 200);
  await Promise.all([fast.server.refresh(), right.server.refresh()]);
  assert.match(
    fast.warnings.join("\n"),
    /^clock: this machine's clock is 1\dm\d+s ahead of the database's, and this instance is not ready$/m,
  );
  assert.doesNotMatch(right.warnings.join("\n"), /clock/);
});
