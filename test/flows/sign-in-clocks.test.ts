import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "node:test";
import type { SessionParts } from "../../src/sign-in/session-parts.ts";
import { startProvider, type TestProvider } from "../providers/oidc-provider.ts";
import { signInAsPerson } from "../providers/person.ts";
import { openBench, type SignInBench, settingsFor } from "../providers/sign-in-parts.ts";

const ID = { token: "id", minLifeSeconds: 60 } as const;

describe("a sign-in, when the clock is put back", () => {
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

  it("serves who waited for it", async () => {
    const { session, clock } = open({
      openBrowser: async (url) => {
        clock.ahead = -240;
        void signInAsPerson(url, "alice");
        return true;
      },
    });
    assert.equal((await session.tokens(ID)).subject, "alice");
  });

  it("keeps nobody from being asked after one that failed by the wrong time", async () => {
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
