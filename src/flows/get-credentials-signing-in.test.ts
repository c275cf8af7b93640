import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { accessKey, aws, NOW, profile, WHEN_STALE, world } from "../../test/flows/credential-path.ts";
import { Fault } from "../core/fault.ts";
import type { Identity } from "../core/identity.ts";
import type { ProfilePath } from "../core/profile.ts";
import { SignInAwaited } from "../core/session.ts";
import type { Clock } from "../core/time.ts";
import { getCredentials } from "./get-credentials.ts";

describe("while a person signs in", () => {
  /** A profile whose identity waits for its person, who ends it so; how often it was asked. */
  function awaiting(ended: (path: ProfilePath) => Promise<void>, clock: Clock, outcomes: Parameters<typeof profile>[1]) {
    const { path, proofs } = profile(clock, outcomes);
    const { source } = path;
    assert.ok(source.kind === "identity");
    const asked = { times: 0, isSignedIn: false, after: 0 };
    const open = async (hasSignedIn: boolean): Promise<Identity> => {
      if (hasSignedIn) asked.after += 1;
      const identity = await source.open(hasSignedIn);
      return {
        ...identity,
        async assert(request) {
          if (asked.isSignedIn) return identity.assert(request);
          asked.times += 1;
          throw new SignInAwaited("the sign-in waits", [], () => ended(waiting));
        },
      };
    };
    const waiting: ProfilePath = { ...path, source: { ...source, open } };
    return { path: waiting, proofs, asked };
  }
  const cancelled = async (): Promise<never> => {
    throw new Fault("SIGN_IN_CANCELLED", "somebody cancelled");
  };

  test("no lock is held, and one exchange is made for all who waited", async (context) => {
    const { clock, ports } = world(context);
    const all = Array.from({ length: 5 });
    const { path, proofs, asked } = awaiting(
      async ({ cacheKey }) => {
        // All of them come as far as this before the first goes on.
        while (asked.times < all.length) await new Promise((resolve) => setImmediate(resolve));
        await ports.store.withLock("credentials", cacheKey, { purpose: "signs out" }, async () => undefined);
        asked.isSignedIn = true;
      },
      clock,
      [() => aws(clock, 1)],
    );
    const got = await Promise.all(all.map(() => getCredentials(path, WHEN_STALE, ports)));
    assert.deepEqual(new Set(got.map(accessKey)), new Set(["ASIA1"]));
    assert.deepEqual([asked.times, proofs.length, asked.after], [5, 1, 1]);
  });

  test("what comes of it is told, and the person is asked once", async (context) => {
    const { clock, ports } = world(context);
    const { path, asked } = awaiting(cancelled, clock, []);
    await assert.rejects(getCredentials(path, WHEN_STALE, ports), { code: "SIGN_IN_CANCELLED" });
    assert.equal(asked.times, 1);
    // Each who waits has waited for itself.
    assert.deepEqual(await ports.store.list("credentials"), []);
    const endless = awaiting(async () => undefined, clock, []);
    await assert.rejects(getCredentials(endless.path, NOW, ports), { code: "SIGN_IN_UNFINISHED" });
    assert.equal(endless.asked.times, 2);
  });

  test("who got nothing of it has what still lives, of a profile that goes via it too", async (context) => {
    const { clock, ports, warned } = world(context);
    const { path, asked } = awaiting(cancelled, clock, [() => aws(clock, 1), () => aws(clock, 2)]);
    const second = profile(clock, [() => aws(clock, 3)]);
    const chained: ProfilePath = { ...second.path, cacheKey: "e".repeat(64), source: { kind: "via", profile: path } };
    asked.isSignedIn = true;
    await getCredentials(path, WHEN_STALE, ports);
    asked.isSignedIn = false;
    clock.move(3000);
    assert.equal(accessKey(await getCredentials(path, WHEN_STALE, ports)), "ASIA1");
    assert.equal(accessKey(await getCredentials(chained, WHEN_STALE, ports)), "ASIA3");
    assert.deepEqual([asked.times, warned.length], [2, 2]);
    assert.match(warned[0] ?? "", /somebody cancelled; the credentials from before are still good for 10m/);
  });
});
