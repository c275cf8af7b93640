import assert from "node:assert/strict";
import { test } from "node:test";
import * as client from "openid-client";
import { ACCESS_TOKEN_TYPE, TOKEN_EXCHANGE_GRANT } from "../../src/wire/oauth/names.ts";
import { signInAtCli } from "./sign-in.ts";
import { startTrial } from "./trial-server.ts";

const ES256 = { name: "ECDSA", namedCurve: "P-256" };

test("a server imports a public key once, and a thief's own key still opens nothing", async () => {
  const trial = await startTrial();
  try {
    const { publicKey } = await crypto.subtle.generateKey(ES256, true, ["sign", "verify"]);
    const jwk = await crypto.subtle.exportKey("jwk", publicKey);
    const imported = () => crypto.subtle.importKey("jwk", { ...jwk }, ES256, true, ["verify"]);
    assert.equal(await imported(), await imported());
    await trial.addPerson({ id: "p1", email: "alice@example.com" });
    const { configuration, tokens, dpop } = await signInAtCli(trial, "p1");
    const exchange = (proof: typeof dpop) =>
      client.genericGrantRequest(
        configuration,
        TOKEN_EXCHANGE_GRANT,
        { subject_token: tokens.access_token, subject_token_type: ACCESS_TOKEN_TYPE, audience: trial.url },
        { DPoP: proof },
      );
    const thief = client.getDPoPHandle(configuration, await client.randomDPoPKeyPair("ES256"));
    for (let turn = 0; turn < 2; turn++) {
      await exchange(dpop);
      await assert.rejects(exchange(thief), { error: "invalid_grant" });
    }
  } finally {
    await trial.close();
  }
});
