import assert from "node:assert/strict";
import { createServer, type Server } from "node:net";
import { networkInterfaces } from "node:os";
import { after, before, describe, it } from "node:test";
import { Fault } from "../../src/core/fault.ts";
import type { FaultCode } from "../../src/core/fault-codes.ts";
import type { RedirectSettings } from "../../src/sign-in/provider.ts";
import { freePort } from "../free-port.ts";
import { startProvider, type TestProvider } from "../providers/oidc-provider.ts";
import { signInAsPerson } from "../providers/person.ts";
import { openBench, type SignInBench, settingsFor } from "../providers/sign-in-parts.ts";

const PATH = "/aws/signed-in";

describe("where the browser comes back to", () => {
  let running: TestProvider;
  before(async () => {
    const redirect_uris = [
      "http://127.0.0.1/callback",
      "http://[::1]/callback",
      "http://localhost/callback",
      `http://127.0.0.1${PATH}`,
    ];
    running = await startProvider({ client: { redirect_uris } });
  });
  after(() => running.close());

  async function withRedirect(redirect: Partial<RedirectSettings>, work: (bench: SignInBench) => Promise<void>): Promise<void> {
    const settings = settingsFor(running);
    const bench = openBench({ ...settings, redirect: { ...settings.redirect, ...redirect } });
    try {
      await work(bench);
    } finally {
      await bench.close();
    }
  }

  const refusal = (code: FaultCode) => (cause: unknown) => cause instanceof Fault && cause.code === code;
  const cameBackTo = async ({ pages }: SignInBench): Promise<URL> => new URL((await pages[0])?.url ?? "");

  it("has the path that the user chose", () =>
    withRedirect({ path: PATH }, async (bench) => {
      assert.equal((await bench.session.signIn()).subject, "alice");
      assert.equal((await cameBackTo(bench)).pathname, PATH);
    }));

  it("is ::1 where the user says so, and a machine without it is told", () =>
    withRedirect({ host: "[::1]" }, async (bench) => {
      const addresses = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
      if (!addresses.some(({ address }) => address === "::1")) {
        await assert.rejects(bench.session.signIn(), refusal("SIGN_IN_PORT_TAKEN"));
        return;
      }
      assert.equal((await bench.session.signIn()).subject, "alice");
      assert.equal((await cameBackTo(bench)).hostname, "[::1]");
    }));

  it("is localhost where the provider knows no other name", () =>
    withRedirect({ host: "localhost" }, async (bench) => {
      assert.equal((await bench.session.signIn()).subject, "alice");
      assert.equal((await cameBackTo(bench)).hostname, "localhost");
    }));

  it("is the first port of the list that is free, and no other", async () => {
    const ports = [await freePort(), await freePort()];
    const first = await occupy(ports[0] ?? 0);
    await withRedirect({ ports }, async (bench) => {
      assert.equal((await bench.session.signIn()).subject, "alice");
      assert.equal((await cameBackTo(bench)).port, String(ports[1]));
    });
    const second = await occupy(ports[1] ?? 0);
    await withRedirect({ ports }, async ({ session, pages, store }) => {
      await assert.rejects(session.signIn(), refusal("SIGN_IN_PORT_TAKEN"));
      assert.deepEqual([pages, await store.list("sessions")], [[], []]);
    });
    first.close();
    second.close();
  });

  it("takes an answer once, also while that one is being redeemed", async () => {
    const visited: string[] = [];
    const openBrowser = async (url: string): Promise<boolean> => {
      void signInAsPerson(url, "alice", { visits: (at) => visited.push(at) });
      return true;
    };
    const bench = openBench(settingsFor(running), { openBrowser });
    try {
      const held = running.holdAnswer("/token");
      const signedIn = bench.session.signIn();
      await held.asked;
      assert.equal((await fetch(visited.at(-1) ?? "")).status, 410);
      held.release();
      assert.equal((await signedIn).subject, "alice");
    } finally {
      await bench.close();
    }
  });

  it("is gone once the person has stopped waiting, and what comes later is not kept", () =>
    withRedirect({}, async (bench) => {
      let page = "";
      const openBrowser = async (url: string): Promise<boolean> => {
        page = url;
        bench.cancel.abort(new Fault("INTERRUPTED", "the sign-in was stopped"));
        return true;
      };
      await assert.rejects(bench.again({ openBrowser }).signIn(), refusal("INTERRUPTED"));
      await assert.rejects(signInAsPerson(page, "alice"));
      assert.equal(await bench.session.describe(), null);
    }));
});

function occupy(port: number): Promise<Server> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once("error", reject).listen(port, "127.0.0.1", () => resolve(server));
  });
}
