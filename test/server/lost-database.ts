import assert from "node:assert/strict";
import * as client from "openid-client";
import { CLI_CLIENT_ID } from "../../src/wire/brevet-api/endpoints.ts";
import { openBrowser, signInThrough } from "./browser.ts";

/** A server whose database can be taken away and given back while it runs. */
export interface ServerWithout {
  readonly url: string;
  lose(): Promise<void>;
  giveBack(): Promise<void>;
  /** What the server says of it. */
  readonly code: "DATABASE_UNAVAILABLE" | "DATABASE_FULL";
}

const AWAY = "http://127.0.0.1:7/callback";

/**
 * Takes the database away between the sign-in and the redemption of its code, and before the sign-in: nobody gets anything, the answer
 * says that it is the server's trouble, and once the database is back the very same code is good, because it was not half spent.
 */
export async function losesDatabaseInSignIn({ url, lose, giveBack, code }: ServerWithout): Promise<void> {
  const options = { execute: [client.allowInsecureRequests] };
  const configuration = await client.discovery(new URL(url), CLI_CLIENT_ID, {}, client.None(), options);
  const keys = await client.randomDPoPKeyPair("ES256");
  const DPoP = client.getDPoPHandle(configuration, keys);
  const pkceCodeVerifier = client.randomPKCECodeVerifier();
  const start = client.buildAuthorizationUrl(configuration, {
    redirect_uri: AWAY,
    scope: "openid email offline_access",
    code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: "S256",
  });
  await lose();
  const ready = await fetch(`${url}/ready`);
  assert.deepEqual([ready.status, ((await ready.json()) as { code?: unknown }).code], [503, code]);
  const unserved = await fetch(start, { redirect: "manual" });
  assert.ok(unserved.status >= 500, `a sign-in began with ${unserved.status}`);
  assert.equal(unserved.headers.get("location"), null);
  assert.deepEqual(unserved.headers.getSetCookie(), []);
  await giveBack();
  assert.equal((await fetch(`${url}/ready`)).status, 200);

  const back = await signInThrough(openBrowser(), start.href, AWAY, { account: "p1" });
  const redeem = () => client.authorizationCodeGrant(configuration, new URL(back), { pkceCodeVerifier }, {}, { DPoP });
  await lose();
  for (const again of [1, 2]) {
    await assert.rejects(redeem(), (cause) => {
      assert.ok(cause instanceof client.ResponseBodyError || cause instanceof client.ClientError, String(cause));
      if (cause instanceof client.ResponseBodyError) assert.ok(cause.status >= 500, `${again}: ${cause.status} ${cause.error}`);
      return true;
    });
  }
  assert.equal((await fetch(`${url}/health`)).status, 200);
  await giveBack();
  const tokens = await redeem();
  assert.ok(tokens.refresh_token);
  await assert.rejects(redeem(), (cause) => cause instanceof client.ResponseBodyError && cause.error === "invalid_grant");
}
