import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "node:test";
import { Fault } from "../../src/core/fault.ts";
import type { FaultCode } from "../../src/core/fault-codes.ts";
import { createHttp } from "../../src/platform/http/create-http.ts";
import type { SessionParts } from "../../src/sign-in/session-parts.ts";
import { startProvider, type TestProvider } from "../providers/oidc-provider.ts";
import { signInAsPerson } from "../providers/person.ts";
import { openBench, type SignInBench, settingsFor } from "../providers/sign-in-parts.ts";

const ID = { token: "id", minLifeSeconds: 60 } as const;

function faultOf(code: FaultCode, hint = ""): (cause: unknown) => boolean {
  return (cause) => {
    assert.ok(cause instanceof Fault, String(cause));
    assert.equal(cause.code, code, cause.message);
    assert.ok(cause.hints.join().includes(hint), cause.hints.join());
    return true;
  };
}

describe("a person's session at oidc-provider", () => {
  let running: TestProvider;
  let bench: SignInBench;
  before(async () => {
    running = await startProvider();
  });
  after(() => running.close());
  afterEach(() => bench.close());
  const open = (more: Partial<SessionParts> = {}): SignInBench => {
    running.requests.length = 0;
    bench = openBench(settingsFor(running), more);
    return bench;
  };
  /** One whose asker does not wait. @returns the page that was opened for it. */
  const openUnawaited = (more: Partial<SessionParts> = {}): (() => string) => {
    let page = "";
    const openBrowser = async (url: string) => {
      page = url;
      return true;
    };
    open({ ...more, waitSeconds: 0, openBrowser });
    return () => page;
  };

  /** Gives the sign-in up in each way there is, between the request for its tokens and their coming. */
  const signOutWhileAnswered = async (page: string): Promise<void> => {
    const held = running.holdAnswer("/token");
    const visit = signInAsPerson(page, "alice");
    await held.asked;
    await bench.session.signOut("keep");
    bench.cancel.abort(new Fault("INTERRUPTED", "it was stopped"));
    held.release();
    await visit;
  };

  it("begins in the browser, is kept, and tells the person who is signed in", async () => {
    const { session, pages } = open();
    assert.equal(await session.describe(), null);
    const tokens = await session.tokens(ID);
    assert.equal(tokens.subject, "alice");
    assert.equal(tokens.idToken?.claims["aud"], running.clientId);
    assert.match((await pages[0])?.body ?? "", /signed in as <strong>alice@example\.com/);
    const described = await session.describe();
    assert.equal(described?.label, "alice@example.com");
    assert.equal(described?.renewable, true);
    const asked = running.requests.length;
    const again = await bench.again().tokens(ID);
    assert.equal(again.idToken?.value.reveal(), tokens.idToken?.value.reveal());
    assert.equal(running.requests.length, asked);
    for (const other of [{ issuer: "https://id.example.com" }, { clientId: "another" }]) {
      assert.equal(await bench.again({ provider: { ...bench.provider, ...other } }).describe(), null, "it is nobody's there");
    }
  });

  it("is renewed without the person, by one request", async () => {
    const { session, clock, pages } = open();
    const first = await session.tokens(ID);
    running.requests.length = 0;
    clock.ahead = 3560;
    const second = await bench.again().tokens(ID);
    assert.notEqual(second.accessToken.reveal(), first.accessToken.reveal());
    assert.deepEqual(running.requests, ["POST /token"]);
    assert.equal(pages.length, 1);
  });

  it("asks once a day whether the provider's metadata and keys have changed", async () => {
    const { session, clock } = open();
    await session.tokens(ID);
    clock.ahead = 86_400;
    running.requests.length = 0;
    await session.tokens({ ...ID, token: "access" });
    assert.deepEqual(running.requests, ["GET /.well-known/openid-configuration", "POST /token", "GET /jwks"]);
  });

  it("ends where the provider has revoked it, and a person begins it anew", async () => {
    const { session, clock, store } = open();
    await session.tokens(ID);
    const kept = JSON.parse((await store.load("sessions", "work"))?.reveal() ?? "{}");
    await (await running.provider.RefreshToken.find(kept.record.refreshToken))?.destroy();
    clock.ahead = 3560;
    await assert.rejects(bench.again({ person: "nobody" }).tokens(ID), faultOf("SESSION_ENDED", "brevet login work"));
    // The refresh token that is dead is not tried twice.
    running.requests.length = 0;
    const unasked = bench.again({ person: "nobody" });
    await assert.rejects(unasked.tokens(ID), faultOf("PERSON_ABSENT", "sign in: `brevet login work`"));
    const alone = bench.again({ person: "nobody", terminal: { ...bench.terminal, hasPerson: false } });
    await assert.rejects(alone.tokens(ID), faultOf("PERSON_ABSENT", "run `brevet login work` in a terminal"));
    assert.deepEqual(running.requests, []);
    clock.ahead = 0;
    await session.signIn();
    assert.equal((await session.describe())?.renewable, true);
  });

  it("survives that the provider cannot be reached, and says what an answer that was lost has cost", async () => {
    const { session, clock, store } = open();
    await session.tokens(ID);
    clock.ahead = 3560;
    const http: SessionParts["http"] = async () => async () => {
      throw new Fault("NETWORK_TIMEOUT", "it did not answer");
    };
    await assert.rejects(bench.again({ http }).tokens(ID), faultOf("NETWORK_TIMEOUT"));
    const kept = JSON.parse((await store.load("sessions", "work"))?.reveal() ?? "{}");
    assert.equal(typeof kept.record.renewalBegan, "number");
    assert.notEqual(kept.record.refreshToken, null);
    const renewed = await session.tokens(ID);
    assert.equal(renewed.subject, "alice");
    const after = JSON.parse((await store.load("sessions", "work"))?.reveal() ?? "{}");
    assert.equal(after.record.renewalBegan, null);
  });

  it("says so when an answer was lost by which the provider has replaced the refresh token", async () => {
    const { session, clock } = open();
    await session.tokens(ID);
    clock.ahead = 3560;
    const real = createHttp({ environment: {} });
    const http: SessionParts["http"] = async () => async (request) => {
      await real(request);
      throw new Fault("NETWORK_TIMEOUT", "it did not answer");
    };
    await assert.rejects(bench.again({ http }).tokens(ID), faultOf("NETWORK_TIMEOUT"));
    await assert.rejects(
      bench.again({ person: "nobody" }).tokens(ID),
      (cause) => faultOf("SESSION_ENDED", "brevet login work")(cause) && /was cut off/.test(String(cause)),
    );
  });

  it("is ended at the provider too", async () => {
    const { session, store } = open();
    await session.tokens(ID);
    const kept = JSON.parse((await store.load("sessions", "work"))?.reveal() ?? "{}");
    assert.deepEqual(await session.signOut("keep"), { removed: true, revoked: true, browserOpened: false, gaveUp: false });
    assert.equal(await running.provider.RefreshToken.find(kept.record.refreshToken), undefined);
    assert.deepEqual(await store.list("sessions"), []);
    assert.deepEqual(await session.signOut("keep"), { removed: false, revoked: false, browserOpened: false, gaveUp: false });
  });

  it("is ended in the browser at the provider's own page, by an address that anybody may read", async () => {
    const opened: URL[] = [];
    const { session } = open();
    await session.tokens(ID);
    const openBrowser = async (url: string): Promise<boolean> => opened.push(new URL(url)) === 1;
    const ended = await bench.again({ openBrowser }).signOut("end");
    assert.equal(ended.browserOpened, true);
    const [page] = opened;
    assert.ok(page !== undefined);
    assert.deepEqual([...page.searchParams], [["client_id", running.clientId]]);
    assert.equal((await signInAsPerson(page.href, "alice")).status, 200);
    assert.ok(running.requests.includes("GET /session/end"));
  });

  describe("that a new sign-in replaces", () => {
    const apart = { grantPerSignIn: true } as const;
    const kept = async () => JSON.parse((await bench.store.load("sessions", "work"))?.reveal() ?? "{}");
    const isKnown = async (refreshToken: string) => (await running.provider.RefreshToken.find(refreshToken)) !== undefined;

    it("is ended at a provider where each sign-in is a grant of its own, once the new one is kept", async () => {
      const { session } = open({ provider: { ...settingsFor(running), ...apart } });
      await session.signIn();
      const { record: first } = await kept();
      await session.signIn();
      const { record: second, replaced } = await kept();
      assert.deepEqual([await isKnown(first.refreshToken), await isKnown(second.refreshToken)], [false, true]);
      assert.deepEqual([replaced, bench.warned], [[], []]);
      bench.clock.ahead = 3560;
      assert.equal((await bench.again({ person: "nobody" }).tokens(ID)).subject, "alice");
    });

    it("is left alone at any other, which might end the new one with it", async () => {
      const { session } = open();
      await session.signIn();
      const { record: first } = await kept();
      await session.signIn();
      assert.equal(await isKnown(first.refreshToken), true);
      assert.deepEqual((await kept()).replaced, []);
      assert.ok(!running.requests.some((request) => request.includes("revocation")), running.requests.join());
    });

    it("and the provider cannot be told of fails no sign-in, is warned of, and ended by the next", async () => {
      const { session } = open({ provider: { ...settingsFor(running), ...apart } });
      await session.signIn();
      const { record: first } = await kept();
      const real = createHttp({ environment: {} });
      const http: SessionParts["http"] = async () => async (request) => {
        if (request.url.endsWith("/revocation")) throw new Fault("NETWORK_TIMEOUT", "it did not answer");
        return real(request);
      };
      assert.equal((await bench.again({ http }).signIn()).subject, "alice");
      assert.match(bench.warned.join(), /could not be told that a session of work has ended.*: it did not answer$/);
      assert.equal(await isKnown(first.refreshToken), true);
      await session.signIn();
      assert.deepEqual([await isKnown(first.refreshToken), (await kept()).replaced, bench.warned.length], [false, [], 1]);
    });

    it("is ended too where the provider had refused to renew it, and may take its tokens for all that", async () => {
      const { session } = open({ provider: { ...settingsFor(running), ...apart } });
      const { accessToken } = await session.signIn();
      const { record: first } = await kept();
      const real = createHttp({ environment: {} });
      const http: SessionParts["http"] = async () => async (request) =>
        String(request.body).includes("grant_type=refresh_token")
          ? { status: 400, headers: { "content-type": "application/json" }, body: '{"error":"invalid_grant"}' }
          : real(request);
      const refused = bench
        .again({ http, person: "nobody" })
        .tokens({ token: "access", minLifeSeconds: 60, refused: accessToken });
      await assert.rejects(refused, faultOf("SESSION_ENDED"));
      assert.equal(await isKnown(first.refreshToken), true);
      await session.signIn();
      assert.equal(await isKnown(first.refreshToken), false);
    });

    it("is ended with the new one by a sign-out, where the asker did not wait for the end of the sign-in", async () => {
      let page = "";
      const { session } = open({ provider: { ...settingsFor(running), ...apart } });
      await session.signIn();
      const { record: first } = await kept();
      const openBrowser = async (url: string): Promise<boolean> => {
        page = url;
        return true;
      };
      await assert.rejects(bench.again({ waitSeconds: 0, openBrowser }).signIn(), faultOf("SIGN_IN_UNFINISHED"));
      await signInAsPerson(page, "alice");
      while ((await kept()).attempt !== null) await new Promise((resolve) => setImmediate(resolve));
      const { record: second } = await kept();
      assert.notEqual(second.refreshToken, first.refreshToken);
      assert.deepEqual([await isKnown(first.refreshToken), await isKnown(second.refreshToken)], [true, true]);
      await bench.again().signOut("keep");
      assert.deepEqual([await isKnown(first.refreshToken), await isKnown(second.refreshToken)], [false, false]);
    });
  });

  it("asks nobody where nobody is, and says what to type", async () => {
    open({ person: "nobody" });
    await assert.rejects(bench.session.tokens(ID), faultOf("PERSON_ABSENT", "brevet login work"));
    assert.deepEqual(running.requests, []);
  });

  it("is not begun again at once after somebody has cancelled", async () => {
    const { clock } = open({
      openBrowser: async (url) => {
        void fetch(`${url}cancel`, { method: "POST" });
        return true;
      },
    });
    await assert.rejects(bench.session.tokens(ID), faultOf("SIGN_IN_CANCELLED"));
    const never: Partial<SessionParts> = { openBrowser: async () => assert.fail("a second tab was opened") };
    clock.ahead = 100;
    await assert.rejects(bench.again(never).tokens(ID), faultOf("SIGN_IN_CANCELLED", "brevet login work"));
    clock.ahead = 130;
    const others = bench.again({
      openBrowser: async (url) => {
        void signInAsPerson(url, "alice");
        return true;
      },
    });
    assert.equal((await others.tokens(ID)).subject, "alice");
  });

  it("is waited for no longer than the asker can, and found by the next call", async () => {
    const page = openUnawaited();
    await assert.rejects(bench.session.tokens(ID), faultOf("SIGN_IN_UNFINISHED", "/"));
    const second = bench.again({ waitSeconds: 20, openBrowser: async () => assert.fail("a second tab was opened") }).tokens(ID);
    await signInAsPerson(page(), "alice");
    assert.equal((await second).subject, "alice");
    assert.ok(bench.said.some((line) => line.includes("asked for by terraform, for the profile dev")));
  });

  it("that waits already is joined by who may ask nobody, but for who wants to hear of none", async () => {
    const page = openUnawaited();
    const join = (person: SessionParts["person"]) => bench.again({ person, waitSeconds: 20 }).tokens(ID);
    await assert.rejects(join("join"), faultOf("PERSON_ABSENT"));
    await assert.rejects(bench.session.tokens(ID), faultOf("SIGN_IN_UNFINISHED"));
    await assert.rejects(join("nobody"), faultOf("PERSON_ABSENT"));
    const joined = join("join");
    await signInAsPerson(page(), "alice");
    assert.equal((await joined).subject, "alice");
  });

  it("serves who waited for it, however soon its tokens end by this clock", async () => {
    const { session, clock, pages } = open({
      provider: { ...settingsFor(running), scopes: ["openid"], authorizationParameters: {} },
    });
    clock.ahead = 3570;
    const { idToken } = await session.tokens(ID);
    assert.equal((idToken?.expiresAt ?? 0) - clock.ahead <= Date.now() / 1000 + 30, true);
    assert.equal(pages.length, 1);
  });

  it("on another device that the asker cannot wait for is left with its page and its code", async () => {
    const { session, qrCodes } = open({ way: "device", waitSeconds: 0 });
    await assert.rejects(session.tokens(ID), (cause) => {
      assert.ok(cause instanceof Fault, String(cause));
      assert.equal(cause.code, "SIGN_IN_UNFINISHED");
      assert.match(cause.hints.join(), /its page: `http:[^`]+\/device`, its code: [A-Z]{4}-[A-Z]{4}$/);
      return true;
    });
    await signInAsPerson(qrCodes[0] ?? "", "alice");
  });

  it("is not kept when somebody has signed out while the provider answered", async () => {
    const page = openUnawaited();
    await assert.rejects(bench.session.tokens(ID), faultOf("SIGN_IN_UNFINISHED"));
    await signOutWhileAnswered(page());
    assert.equal(await bench.session.describe(), null);
    assert.ok(!running.requests.some((request) => request.includes("revocation")), running.requests.join());
  });

  it("is ended at the provider too when somebody has signed out meanwhile, where it is a grant of its own", async () => {
    const page = openUnawaited({ provider: { ...settingsFor(running), grantPerSignIn: true } });
    await assert.rejects(bench.session.tokens(ID), faultOf("SIGN_IN_UNFINISHED"));
    await signOutWhileAnswered(page());
    await eventually(() => running.requests.find((request) => request === "POST /token/revocation"));
    assert.equal(await bench.session.describe(), null);
  });

  it("begins on another device where no browser can be seen, and says why", async () => {
    const { session, qrCodes, said } = open({ noScreen: "you are here over SSH" });
    const signedIn = session.tokens(ID);
    const page = await eventually(() => qrCodes[0]);
    await signInAsPerson(page, "alice");
    assert.equal((await signedIn).subject, "alice");
    assert.match(said[0] ?? "", /^you are here over SSH, so you sign in on another device/);
    assert.match(said[1] ?? "", /open http:\/\/127\.0\.0\.1:\d+\/device and enter the code [A-Z]{4}-[A-Z]{4}/);
  });

  it("begins with an address that is brought back", async () => {
    let answer = "";
    open({ way: "paste" });
    const ask = async (): Promise<string> => {
      const url = /sign in: (.*)$/.exec(bench.said.find((line) => line.includes("anywhere")) ?? "")?.[1] ?? "";
      answer = (await signInAsPerson(url, "alice", { deadEnds: true })).url;
      return ` ${answer}\n`;
    };
    const { subject } = await bench.again({ terminal: { ...bench.terminal, ask } }).tokens(ID);
    assert.equal(subject, "alice");
    for (const wrong of ["https://elsewhere.example/callback?code=1", answer, "code=1&state=2", ""]) {
      const again = bench.again({ terminal: { ...bench.terminal, ask: async () => wrong } });
      await assert.rejects(again.signIn(), faultOf("SIGN_IN_MIXED_UP"));
    }
  });
});

/** What appears while something runs. */
async function eventually(look: () => string | undefined): Promise<string> {
  for (;;) {
    const found = look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setImmediate(resolve));
  }
}
