import assert from "node:assert/strict";
import { test } from "node:test";
import * as client from "openid-client";
import { ACCESS_TOKEN_TYPE, TOKEN_EXCHANGE_GRANT } from "../../src/wire/oauth/names.ts";
import { signInAtCli } from "./sign-in.ts";
import { startTrial } from "./trial-server.ts";

test("a session's key is imported once for all of its proofs, and a thief's own key still opens nothing", async (context) => {
  // Below the server's memory, which is laid over what is there when it starts.
  const importing = context.mock.method(crypto.subtle, "importKey");
  const verifiers = () =>
    importing.mock.calls.filter((call) => {
      const [format, , , , usages] = call.arguments as readonly unknown[];
      return format === "jwk" && String(usages) === "verify";
    }).length;
  const trial = await startTrial();
  try {
    await trial.addPerson({ id: "p1", email: "alice@example.com" });
    const { configuration, tokens, dpop } = await signInAtCli(trial, "p1");
    const exchange = (proof: typeof dpop) =>
      client.genericGrantRequest(
        configuration,
        TOKEN_EXCHANGE_GRANT,
        { subject_token: tokens.access_token, subject_token_type: ACCESS_TOKEN_TYPE, audience: trial.url },
        { DPoP: proof },
      );
    await exchange(dpop);
    const before = verifiers();
    for (let count = 0; count < 5; count++) await exchange(dpop);
    assert.equal(verifiers(), before);
    const thief = client.getDPoPHandle(configuration, await client.randomDPoPKeyPair("ES256"));
    await assert.rejects(exchange(thief), { error: "invalid_grant" });
    assert.equal(verifiers(), before + 1);
    await exchange(dpop);
  } finally {
    await trial.close();
  }
});
