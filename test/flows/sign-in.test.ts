import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { Fault } from "../../src/core/fault.ts";
import { createHttp } from "../../src/platform/http/create-http.ts";
import { openSession, type SessionParts } from "../../src/sign-in/open-session.ts";
import type { Provider } from "../../src/sign-in/provider.ts";
import { memoryStore } from "../contracts/signer-memory-store.ts";
import { startProvider, type TestProvider } from "../providers/oidc-provider.ts";
import { type Page, signInAsPerson } from "../providers/person.ts";

const CLOCK = { now: () => Math.floor(Date.now() / 1000), offsetSeconds: 0, learn: () => undefined };

describe("a sign-in at oidc-provider by the browser", () => {
  let running: TestProvider;
  before(async () => {
    running = await startProvider();
  });
  after(() => running.close());

  function settings(): Provider {
    return {
      identity: "work",
      issuer: running.issuer,
      clientId: running.clientId,
      scopes: ["openid", "email", "offline_access"],
      // OpenID Connect Core 1.0 §11: offline access may need the consent to be asked for.
      authorizationParameters: { prompt: "consent" },
      redirect: { host: "127.0.0.1", ports: [], path: "/callback" },
    };
  }

  function session(more: Partial<SessionParts> = {}) {
    const pages: Promise<Page>[] = [];
    const parts: SessionParts = {
      provider: settings(),
      entry: "work",
      store: memoryStore(),
      http: async () => createHttp({ environment: {} }),
      clock: CLOCK,
      random: randomBytes,
      notices: { say: () => undefined, warn: () => undefined },
      openBrowser: async (url) => {
        pages.push(signInAsPerson(url, "alice"));
        return true;
      },
      person: true,
      hasTerminal: true,
      asker: { program: "terraform", profile: "dev" },
      ...more,
    };
    return { session: openSession(parts), pages };
  }

  it("gives tokens, keeps them, and tells the person who is signed in", async () => {
    const { session: opened, pages } = session();
    assert.equal(await opened.describe(), null);
    const tokens = await opened.signIn();
    assert.equal(tokens.subject, "alice");
    assert.equal(tokens.idToken?.claims["aud"], running.clientId);
    const described = await opened.describe();
    assert.equal(described?.label, "alice@example.com");
    assert.equal(described?.renewable, true);
    assert.match((await pages[0])?.body ?? "", /signed in as <strong>alice@example\.com/);
    const before = running.requests.length;
    const again = await opened.tokens({ token: "id", minLifeSeconds: 60 });
    assert.equal(again.idToken?.value.reveal(), tokens.idToken?.value.reveal());
    assert.equal(running.requests.length, before);
  });

  it("asks nobody where nobody is, and says what to type", async () => {
    const { session: opened } = session({ person: false });
    await assert.rejects(
      opened.tokens({ token: "id", minLifeSeconds: 60 }),
      (cause) => cause instanceof Fault && cause.code === "PERSON_ABSENT" && cause.hints.join().includes("brevet login work"),
    );
  });
});
