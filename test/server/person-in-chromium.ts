import { createHash, X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BrowserContext, chromium, type Page } from "playwright-core";
import type { PersonAtBrowser } from "./person-at-browser.ts";

/** Chromium with a virtual security key. */
export interface PersonInChromium extends PersonAtBrowser {
  readonly page: Page;
  /** The DevTools protocol's handle of the key, and its sender. */
  readonly authenticator: VirtualKey;
}

/** The key, as the DevTools protocol drives it. */
export interface VirtualKey {
  /** Whether the person touches and unlocks it. */
  unlock(verified: boolean): Promise<void>;
  /** Takes every credential out of it. */
  empty(): Promise<void>;
}

/** Where names lead, and whose certificate is taken for them. */
export interface ChromiumPlace {
  /** `id.example:443` → `127.0.0.1:8443` */
  readonly hosts?: Readonly<Record<string, string>>;
  /** PEM; the certificate that the server has. */
  readonly certificate?: string;
}

/** Until when something has to be on a page: this only ends a hang. */
export const PATIENCE_MS = 120_000;

/** Starts a Chromium of its own, with an empty profile. @param executable as it was found on this machine. */
export async function personInChromium(
  executable: string,
  { hosts = {}, certificate }: ChromiumPlace = {},
): Promise<PersonInChromium> {
  const profile = mkdtempSync(join(tmpdir(), "brevet-chromium-"));
  const rules = Object.entries(hosts).map(([from, to]) => `MAP ${from} ${to}`);
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: executable,
    headless: true,
    // It keeps more than its profile: crash reports and dconf's cache are put below the home.
    env: { ...definedOf(process.env), HOME: profile, XDG_CONFIG_HOME: profile, XDG_CACHE_HOME: profile },
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-proxy-server",
      ...(rules.length === 0 ? [] : [`--host-resolver-rules=${rules.join(",")}`]),
      // One certificate for one run: not a browser that takes every certificate.
      ...(certificate === undefined ? [] : [`--ignore-certificate-errors-spki-list=${spkiDigest(certificate)}`]),
    ],
  });
  context.setDefaultTimeout(PATIENCE_MS);
  const page = context.pages()[0] ?? (await context.newPage());
  const authenticator = await virtualKey(context, page);
  return {
    how: `in Chromium ${context.browser()?.version() ?? ""}`.trim(),
    page,
    authenticator,
    async enrol(link, fields) {
      await page.goto(link);
      for (const [name, value] of Object.entries(fields)) await page.locator(`[name=${name}]`).fill(value);
      await page.locator("form[data-ceremony] button").click();
      await page.waitForURL((url) => url.pathname === "/account");
    },
    async signIn(url) {
      await page.goto(url);
      const goOn = page.getByRole("link", { name: /^Continue to/ });
      if ((await goOn.count()) > 0) await goOn.click();
      await page.locator("form[data-ceremony] button").click();
      await page.waitForURL((there) => there.hostname === "127.0.0.1");
    },
    async close() {
      await context.close();
      rmSync(profile, { recursive: true, force: true, maxRetries: 20 });
    },
  };
}

async function virtualKey(context: BrowserContext, page: Page): Promise<VirtualKey> {
  const devTools = await context.newCDPSession(page);
  await devTools.send("WebAuthn.enable");
  const { authenticatorId } = await devTools.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "usb",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  return {
    unlock: async (isUserVerified) => void (await devTools.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified })),
    empty: async () => void (await devTools.send("WebAuthn.clearCredentials", { authenticatorId })),
  };
}

function spkiDigest(certificate: string): string {
  const spki = new X509Certificate(certificate).publicKey.export({ type: "spki", format: "der" });
  return createHash("sha256").update(spki).digest("base64");
}

function definedOf(environment: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(Object.entries(environment).filter((pair): pair is [string, string] => pair[1] !== undefined));
}
