import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import * as oauth from "oauth4webapi";
import { openBrowser, signInThrough } from "./browser.ts";
import { startTrial, type TrialServer } from "./trial-server.ts";

let trial: TrialServer;
before(async () => {
  trial = await startTrial();
  await trial.addPerson({ id: "p1", email: "alice@example.com" });
});
after(() => trial.close());

const insecure = { [oauth.allowInsecureRequests]: true };
const BACK = "https://app.example/back";

test("a relying party of another make registers, signs a person in with a nonce, and reads the ID token", async () => {
  const issuer = new URL(trial.url);
  const server = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, insecure));
  const client = await oauth.processDynamicClientRegistrationResponse(
    await oauth.dynamicClientRegistrationRequest(
      server,
      { redirect_uris: [BACK], token_endpoint_auth_method: "client_secret_basic", id_token_signed_response_alg: "ES256" },
      insecure,
    ),
  );
  const verifier = oauth.generateRandomCodeVerifier();
  const [state, nonce] = [oauth.generateRandomState(), oauth.generateRandomNonce()];
  const url = new URL(server.authorization_endpoint ?? "");
  url.search = new URLSearchParams({
    client_id: client.client_id,
    redirect_uri: BACK,
    response_type: "code",
    scope: "openid email",
    state,
    nonce,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
  }).toString();
  const back = await signInThrough(openBrowser(), url.href, BACK, { account: "p1", level: "attested" });
  const authentication = oauth.ClientSecretBasic(String(client["client_secret"]));
  const answer = await oauth.authorizationCodeGrantRequest(
    server,
    client,
    authentication,
    oauth.validateAuthResponse(server, client, new URL(back), state),
    BACK,
    verifier,
    insecure,
  );
  const tokens = await oauth.processAuthorizationCodeResponse(server, client, answer, {
    expectedNonce: nonce,
    requireIdToken: true,
  });
  const claims = oauth.getValidatedIdTokenClaims(tokens);
  assert.deepEqual([claims?.sub, claims?.["email"], claims?.["acr"]], ["p1", "alice@example.com", "urn:brevet:level:attested"]);
});
