import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import * as client from "openid-client";
import { ENDPOINTS } from "../../../src/wire/brevet-api/endpoints.ts";
import { findChromium } from "../../server/find-chromium.ts";
import { lookAtPage } from "../../server/look-at-page.ts";
import { type PersonInChromium, personInChromium } from "../../server/person-in-chromium.ts";
import { discoverCli } from "../../server/sign-in.ts";
import { startTrial, type TrialServer } from "../../server/trial-server.ts";

const BACK = "https://reports.example/back";
/** What a client may say of itself, and a page must not take for markup. */
const NAME = `<img src=x onerror=alert(1)> & "Reports" ${"of a long name ".repeat(8)}`;

describe("a person in a real browser", { concurrency: false }, () => {
  let trial: TrialServer;
  let alice: PersonInChromium;
  const complaints: string[] = [];
  before(async () => {
    trial = await startTrial();
    alice = await personInChromium(findChromium() ?? assert.fail("no Chromium"));
    alice.page.on("console", (message) => {
      if (message.type() === "error") complaints.push(message.text());
    });
    alice.page.on("dialog", (dialog) => {
      complaints.push(`dialog: ${dialog.message()}`);
      return dialog.dismiss();
    });
    await alice.page.goto(trial.server.firstLink?.reveal() ?? "");
    await lookAtPage(alice.page, "Set up this server", "first-link");
    await alice.enrol(alice.page.url(), { email: "alice@example.com", name: "Alice", keyName: "blue key" });
    await lookAtPage(alice.page, "Alice", "account");
    await alice.page.context().clearCookies();
  });
  after(async () => {
    await alice.close();
    await trial.close();
  });

  test("lets a device in by the code that it shows", async () => {
    const { page } = alice;
    const configuration = await discoverCli(trial);
    const dpop = client.getDPoPHandle(configuration, await client.randomDPoPKeyPair("ES256"));
    const device = await client.initiateDeviceAuthorization(configuration, { scope: "openid email" });
    await page.goto(device.verification_uri);
    await lookAtPage(page, "Connect a device", "device-code");
    await page.getByLabel("Code").fill("WRON-GGGG");
    await page.getByRole("button", { name: "Continue" }).click();
    await page.getByRole("alert").filter({ hasText: "There is no such code" }).waitFor();
    await lookAtPage(page, "Connect a device", "device-code-wrong");
    await page.getByLabel("Code").fill(device.user_code.toLowerCase());
    await page.keyboard.press("Enter");
    await page.getByText(device.user_code).waitFor();
    await lookAtPage(page, "Is this your device?", "device-confirm");
    await page.getByRole("button", { name: "It is the same code" }).click();
    await lookAtPage(page, "Sign in", "sign-in-for-device");
    await page.getByRole("button", { name: "Sign in with a passkey or security key" }).click();
    await lookAtPage(page, "Connected", "device-done");
    await page.goto(`${trial.url}${ENDPOINTS.logout}`);
    await lookAtPage(page, "Sign out?", "sign-out");
    await page.getByRole("button", { name: "Stay signed in" }).click();
    await page.getByRole("heading", { name: "Still signed in" }).waitFor();
    const tokens = await client.pollDeviceAuthorizationGrant(configuration, { ...device, interval: 0.1 }, {}, { DPoP: dpop });
    assert.equal(tokens.claims()?.["email"], "alice@example.com");
  });

  test("stops a device whose code is somebody else's", async () => {
    const { page } = alice;
    const configuration = await discoverCli(trial);
    const dpop = client.getDPoPHandle(configuration, await client.randomDPoPKeyPair("ES256"));
    const device = await client.initiateDeviceAuthorization(configuration, { scope: "openid email" });
    await page.goto(device.verification_uri_complete ?? "");
    await page.getByRole("button", { name: "Stop" }).click();
    await page.getByRole("alert").filter({ hasText: "You stopped it" }).waitFor();
    await lookAtPage(page, "Connect a device", "device-stopped");
    await assert.rejects(
      client.pollDeviceAuthorizationGrant(configuration, { ...device, interval: 0.1 }, {}, { DPoP: dpop }),
      (cause) => cause instanceof client.ResponseBodyError && cause.error === "access_denied",
    );
  });

  test("lets a client know what it asks for, or does not", async () => {
    const { page } = alice;
    await page.route(`${BACK}**`, (route) => route.fulfill({ body: "the client" }));
    for (const choice of ["Allow", "Cancel"] as const) {
      await page.context().clearCookies();
      await page.goto(await authorizationOf(trial.url));
      await page.getByRole("button", { name: "Sign in with a passkey or security key" }).click();
      await lookAtPage(page, /^Let .* know who you are\?$/, "consent");
      await page.getByText("The answer goes to reports.example.").waitFor();
      await page.getByRole("button", { name: choice }).click();
      await page.waitForURL((there) => there.href.startsWith(BACK));
      const { searchParams } = new URL(page.url());
      assert.equal(searchParams.has("code"), choice === "Allow");
      assert.equal(searchParams.get("error"), choice === "Allow" ? null : "access_denied");
    }
  });

  test("sees where people come in: the administrator's page of the provider, and the one for strangers", async () => {
    const { page } = alice;
    await page.goto(`${trial.url}/sign-in`);
    await lookAtPage(page, "Sign in", "sign-in");
    await page.getByRole("button", { name: "Sign in with a passkey or security key" }).click();
    await page.waitForURL(`${trial.url}/account`);
    await page.goto(`${trial.url}/admin`);
    await page.getByRole("link", { name: "Sign-in provider" }).click();
    const said = { name: "Corp", issuer: "https://id.nowhere.invalid", clientId: "x", clientSecret: "x", domains: "example.com" };
    for (const [name, value] of Object.entries(said)) await page.locator(`[name=${name}]`).fill(value);
    await lookAtPage(page, "Sign-in provider", "sign-in-provider");
    await page.getByRole("button", { name: "Try it, and save" }).click();
    await page.getByRole("alert").filter({ hasText: "cannot be asked now" }).waitFor();
    await lookAtPage(page, "Sign-in provider", "sign-in-provider-unreachable");
    await page.goto(`${trial.url}/enrol`);
    await lookAtPage(page, "Register your key", "enrol");
  });

  test("sees what went wrong, and no script of a client", async () => {
    const { page } = alice;
    await page.goto(`${trial.url}/oauth/authorize?client_id=nobody&response_type=code`);
    await lookAtPage(page, "This did not work", "unknown-client");
    await page.goto(`${trial.url}/interaction/nothing`);
    await lookAtPage(page, "This did not work", "no-interaction");
    const told = complaints.filter((text) => !/status of 4\d\d/.test(text));
    assert.deepEqual(told, []);
  });
});

/** The URL by which a client that registered itself sends people to sign in. */
async function authorizationOf(url: string): Promise<string> {
  const configuration = await client.dynamicClientRegistration(
    new URL(url),
    {
      client_name: NAME,
      client_uri: "https://www.google.com/",
      redirect_uris: [BACK],
      token_endpoint_auth_method: "none",
    },
    client.None(),
    { execute: [client.allowInsecureRequests] },
  );
  return client.buildAuthorizationUrl(configuration, {
    redirect_uri: BACK,
    scope: "openid email profile groups",
    code_challenge: await client.calculatePKCECodeChallenge(client.randomPKCECodeVerifier()),
    code_challenge_method: "S256",
  }).href;
}
