import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { decodeJwt } from "jose";
import { type AuthenticatorMaker, foundMaker } from "./authenticator-maker.ts";
import { keyHolder } from "./key-holder.ts";
import { authorizeCli } from "./sign-in.ts";
import { softwareAuthenticator } from "./software-authenticator.ts";
import { startTrial, type TrialServer } from "./trial-server.ts";

const MODEL = "11111111-2222-3333-4444-555555555555";
const FIELDS = { email: "alice@example.com", name: "Alice", keyName: "key" };

describe("a server that takes only keys that their makers vouch for", { concurrency: false }, () => {
  let trial: TrialServer;
  let maker: AuthenticatorMaker;
  before(async () => {
    maker = await foundMaker("Honest Keys");
    trial = await startTrial({
      file: { attestation: { authorities: ["makers.pem"], models: [MODEL], advice: "an Honest Key, from <the desk>" } },
      beside: { "makers.pem": maker.root.toString() },
    });
  });
  after(() => trial.close());
  const link = (): string => trial.server.firstLink?.reveal() ?? "";

  test("says so before anybody tries another key", async () => {
    const page = await (await fetch(link())).text();
    assert.match(page, /vouch for are taken here: an Honest Key, from &#60;the desk&#62;\./);
  });

  test("refuses a key that vouches for itself or for nothing, and the link still counts", async () => {
    for (const kind of ["none", "self"] as const) {
      const alice = keyHolder(trial.url, softwareAuthenticator(trial.url, { vouching: { kind }, aaguid: MODEL }));
      await assert.rejects(alice.perform(link(), FIELDS), /PASSKEY_REFUSED.*an Honest Key, from/s);
    }
  });

  test("signs in at the level attested with one that its maker vouches for, on hardware by the tokens", async () => {
    const key = softwareAuthenticator(trial.url, { vouching: await maker.vouchFor(MODEL), aaguid: MODEL });
    const alice = keyHolder(trial.url, key);
    assert.equal(await alice.perform(link(), FIELDS), `${trial.url}/account`);
    const page = await (await alice.browser.ask(`${trial.url}/account`)).text();
    assert.match(page, /stays on one device, proved by its maker/);
    const { tokens } = await authorizeCli(trial, (start, away) => alice.signInThrough(start, away));
    const { acr, amr } = decodeJwt(tokens.id_token ?? "");
    assert.deepEqual([acr, amr], ["urn:brevet:level:attested", ["hwk", "user", "mfa"]]);
  });
});
