import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "node:test";
import { Secret } from "../../src/core/secret.ts";
import type { SessionParts } from "../../src/sign-in/session-parts.ts";
import { startProvider, type TestProvider } from "../providers/oidc-provider.ts";
import { signInAsPerson } from "../providers/person.ts";
import { openBench, type SignInBench, settingsFor } from "../providers/sign-in-parts.ts";

const ID = { token: "id", minLifeSeconds: 60 } as const;

describe("a sign-in, when the clock is set", () => {
  let running: TestProvider;
  let bench: SignInBench;
  before(async () => {
    running = await startProvider();
  });
  after(() => running.close());
  afterEach(() => bench.close());
  const open = (more: Partial<SessionParts> = {}): SignInBench => {
    bench = openBench(settingsFor(running), more);
    return bench;
  };

  it("forward is joined all the same: its process is there, and no second tab opens", async () => {
    let page = "";
    const { session, clock } = open({
      waitSeconds: 0,
      openBrowser: async (url) => {
        page = url;
        return true;
      },
    });
    await assert.rejects(session.tokens(ID), { code: "SIGN_IN_UNFINISHED" });
    clock.ahead = 600;
    const openBrowser = async (): Promise<boolean> => assert.fail("a second tab was opened");
    const joined = bench.again({ waitSeconds: 20, openBrowser }).tokens(ID);
    await Promise.all([joined, signInAsPerson(page, "alice")]);
    assert.equal((await joined).subject, "alice");
  });

  it("wrong, and corrected by what was learnt, is joined where only the beginning tells processes apart", async () => {
    let page = "";
    const clock = { now: () => Math.floor(Date.now() / 1000) - 200, offsetSeconds: -200, learn: () => undefined };
    const openBrowser = async (url: string): Promise<boolean> => {
      assert.equal(page, "", "a second tab was opened");
      page = url;
      return true;
    };
    const { session, store } = open({ clock, waitSeconds: 0, openBrowser });
    await assert.rejects(session.tokens(ID), { code: "SIGN_IN_UNFINISHED" });
    // As macOS and Windows have it.
    const { attempt, ...kept } = JSON.parse((await store.load("sessions", "work"))?.reveal() ?? "");
    const unnumbered = { ...attempt, process: { ...attempt.process, startTime: null } };
    await store.save("sessions", "work", new Secret("session", JSON.stringify({ ...kept, attempt: unnumbered })));
    const joined = bench.again({ waitSeconds: 20 }).tokens(ID);
    await Promise.all([joined, signInAsPerson(page, "alice")]);
    assert.equal((await joined).subject, "alice");
  });

  it("back serves who waited for it", async () => {
    const { session, clock } = open({
      openBrowser: async (url) => {
        clock.ahead = -240;
        void signInAsPerson(url, "alice");
        return true;
      },
    });
    assert.equal((await session.tokens(ID)).subject, "alice");
  });

  for (const [ahead, code] of [
    [7_200, "ID_TOKEN_EXPIRED"],
    [-7_200, "ID_TOKEN_EARLY"],
  ] as const) {
    it(`by ${ahead} s while a session is renewed, loses nothing of it`, async () => {
      const openBrowser = async (url: string): Promise<boolean> => {
        void signInAsPerson(url, "alice");
        return true;
      };
      let off = 0;
      const clock = {
        now: () => Math.floor(Date.now() / 1000) + off,
        get offsetSeconds() {
          return off;
        },
        learn: () => undefined,
      };
      const first = await open({ openBrowser, clock }).session.tokens(ID);
      const unasked = bench.again({ clock, openBrowser: async () => assert.fail("a person was asked") });
      off = ahead;
      await assert.rejects(unasked.tokens({ ...ID, refused: first.accessToken }), { code });
      // What needs no ID token goes on.
      const second = await unasked.tokens({ token: "access", minLifeSeconds: 60 });
      assert.notEqual(second.accessToken.reveal(), first.accessToken.reveal());
      assert.equal((await unasked.tokens({ token: "access", minLifeSeconds: 60, refused: second.accessToken })).subject, "alice");
      off = 0;
      const third = await unasked.tokens({ token: "access", minLifeSeconds: 60 });
      assert.equal((await unasked.tokens({ ...ID, refused: third.accessToken })).subject, "alice");
    });
  }

  it("back keeps nobody from being asked after one that failed", async () => {
    const { session, clock } = open({
      openBrowser: async (url) => {
        void fetch(`${url}cancel`, { method: "POST" });
        return true;
      },
    });
    clock.ahead = 86_400;
    await assert.rejects(session.tokens(ID), { code: "SIGN_IN_CANCELLED" });
    clock.ahead = 0;
    const openBrowser = async (url: string): Promise<boolean> => {
      void signInAsPerson(url, "alice");
      return true;
    };
    assert.equal((await bench.again({ openBrowser }).tokens(ID)).subject, "alice");
  });
});
