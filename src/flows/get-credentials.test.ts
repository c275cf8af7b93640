import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { accessKey, aws, NOW, profile, START, WHEN_STALE, world } from "../../test/flows/credential-path.ts";
import { Fault } from "../core/fault.ts";
import type { ProfilePath } from "../core/profile.ts";
import { Secret } from "../core/secret.ts";
import type { Store } from "../core/store.ts";
import { getCredentials } from "./get-credentials.ts";

function refused(): never {
  throw new Fault("EXCHANGE_REFUSED", "the role refused");
}

describe("what is cached", () => {
  test("serves until its refresh window and not longer", async (context) => {
    const { clock, ports } = world(context);
    let made = 0;
    const { path, proofs } = profile(clock, [() => aws(clock, ++made)]);
    assert.equal(accessKey(await getCredentials(path, WHEN_STALE, ports)), "ASIA1");
    clock.move(3600 - 901);
    assert.equal(accessKey(await getCredentials(path, WHEN_STALE, ports)), "ASIA1");
    clock.move(1);
    assert.equal(accessKey(await getCredentials(path, WHEN_STALE, ports)), "ASIA2");
    assert.equal(proofs.length, 2);
  });

  test("keeps short credentials for two thirds of their life", async (context) => {
    const { clock, ports } = world(context);
    let made = 0;
    const { path } = profile(clock, [() => aws(clock, ++made, 900)]);
    await getCredentials(path, WHEN_STALE, ports);
    clock.move(599);
    assert.equal(accessKey(await getCredentials(path, WHEN_STALE, ports)), "ASIA1");
    clock.move(1);
    assert.equal(accessKey(await getCredentials(path, WHEN_STALE, ports)), "ASIA2");
  });

  test("serves no longer than it can after the clock was put back", async (context) => {
    const { clock, ports } = world(context);
    let made = 0;
    const { path } = profile(clock, [() => aws(clock, ++made), () => aws(clock, ++made), refused]);
    await getCredentials(path, WHEN_STALE, ports);
    // What is served now has, at the worst, the life left that the refresh window keeps.
    clock.move(-900);
    assert.equal(accessKey(await getCredentials(path, WHEN_STALE, ports)), "ASIA1");
    clock.move(-1);
    assert.equal(accessKey(await getCredentials(path, WHEN_STALE, ports)), "ASIA2");
    clock.move(-31_536_000);
    await assert.rejects(getCredentials(path, WHEN_STALE, ports), { code: "EXCHANGE_REFUSED" });
  });

  test("is passed over when a new exchange is asked for", async (context) => {
    const { clock, ports } = world(context);
    let made = 0;
    const { path } = profile(clock, [() => aws(clock, ++made)]);
    await getCredentials(path, WHEN_STALE, ports);
    assert.equal(accessKey(await getCredentials(path, NOW, ports)), "ASIA2");
  });

  test("is given with a warning when the exchange fails and it still lives", async (context) => {
    const { clock, ports, warned } = world(context);
    const { path } = profile(clock, [() => aws(clock, 1), refused]);
    await getCredentials(path, WHEN_STALE, ports);
    clock.move(3000);
    assert.equal(accessKey(await getCredentials(path, WHEN_STALE, ports)), "ASIA1");
    assert.equal(warned.length, 1);
    clock.move(601);
    await assert.rejects(getCredentials(path, WHEN_STALE, ports), { code: "EXCHANGE_REFUSED" });
  });
});

describe("who asks whether it works", () => {
  test("is told of the failure, although cached credentials live", async (context) => {
    const { clock, ports, warned } = world(context);
    const { path } = profile(clock, [() => aws(clock, 1), refused]);
    await getCredentials(path, WHEN_STALE, ports);
    await assert.rejects(getCredentials(path, NOW, ports), { code: "EXCHANGE_REFUSED" });
    assert.equal(warned.length, 0);
    // The others still have what was cached.
    assert.equal(accessKey(await getCredentials(path, WHEN_STALE, ports)), "ASIA1");
  });

  test("sees an exchange of its own, although it waited for another", async (context) => {
    const { clock, ports } = world(context);
    let made = 0;
    const { path, proofs } = profile(clock, [() => aws(clock, ++made)]);
    await Promise.all(Array.from({ length: 3 }, () => getCredentials(path, NOW, ports)));
    assert.equal(proofs.length, 3);
  });
});

describe("many at once", () => {
  test("make one exchange", async (context) => {
    const { clock, ports } = world(context);
    let made = 0;
    const { path, proofs } = profile(clock, [() => aws(clock, ++made)]);
    const all = await Promise.all(Array.from({ length: 20 }, () => getCredentials(path, WHEN_STALE, ports)));
    assert.deepEqual(new Set(all.map(accessKey)), new Set(["ASIA1"]));
    assert.equal(proofs.length, 1);
  });

  test("share one refusal", async (context) => {
    const { clock, ports } = world(context);
    const { path, proofs } = profile(clock, [refused]);
    const all = await Promise.allSettled(Array.from({ length: 20 }, () => getCredentials(path, WHEN_STALE, ports)));
    assert.ok(all.every((one) => one.status === "rejected" && one.reason.code === "EXCHANGE_REFUSED"));
    assert.equal(proofs.length, 1);
    // A later caller did not wait for that one: it tries for itself.
    clock.move(1);
    await assert.rejects(getCredentials(path, WHEN_STALE, ports));
    assert.equal(proofs.length, 2);
  });

  test("share one refusal also where the lock was passed on before anybody could see who had it", async (context) => {
    const { clock, ports } = world(context);
    const { path, proofs } = profile(clock, [refused]);
    const withLock: Store["withLock"] = (area, name, { purpose }, work) => ports.store.withLock(area, name, { purpose }, work);
    const quick = { ...ports, store: { ...ports.store, withLock } };
    await Promise.allSettled(Array.from({ length: 20 }, () => getCredentials(path, WHEN_STALE, quick)));
    assert.equal(proofs.length, 1);
  });

  test("share no absence of a person, who may be there for one that waited", async (context) => {
    for (const code of ["PERSON_ABSENT", "SESSION_ENDED"] as const) {
      const { clock, ports } = world(context);
      const absent = (): never => {
        throw new Fault(code, "nobody is there");
      };
      const { path } = profile(clock, [absent, () => aws(clock, 1)]);
      const [first, second] = await Promise.allSettled([
        getCredentials(path, WHEN_STALE, ports),
        getCredentials(path, WHEN_STALE, ports),
      ]);
      assert.ok(first.status === "rejected" && first.reason.code === code);
      assert.ok(second.status === "fulfilled" && accessKey(second.value) === "ASIA1");
    }
  });

  test("share no refusal of before they asked, where the one that they waited for left nothing", async (context) => {
    const { clock, ports, said } = world(context);
    const { path } = profile(clock, [refused, () => aws(clock, 1)]);
    await assert.rejects(getCredentials(path, WHEN_STALE, ports), { code: "EXCHANGE_REFUSED" });
    clock.move(1);
    let asked: Promise<unknown> | undefined;
    await ports.store.withLock("credentials", path.cacheKey, { purpose: "is killed" }, async () => {
      asked = getCredentials(path, WHEN_STALE, ports);
      while (said.length === 0) await new Promise((resolve) => setImmediate(resolve));
    });
    await asked;
  });
});

describe("the clock", () => {
  test("learns from a refusal of the token's times, tells it once, and tries once more", async (context) => {
    const { clock, ports, warned } = world(context);
    const skewed = (): never => {
      throw new Fault("CLOCK_SKEWED", "the token's times were refused", { details: { offsetSeconds: 600 } });
    };
    const { path, proofs } = profile(clock, [skewed, () => aws(clock, 1)]);
    await getCredentials(path, WHEN_STALE, ports);
    assert.equal(clock.offsetSeconds, 600);
    assert.equal(warned.length, 1);
    const second = proofs[1];
    assert.ok(second?.kind === "assertion");
    assert.equal((await second.assertion.value).reveal(), `jwt@${START + 600}`);
  });

  test("is called what it is by now, and not what the correction was wrong by", async (context) => {
    const { clock, ports, warned } = world(context);
    const off = (offsetSeconds: number) => (): never => {
      throw new Fault("CLOCK_SKEWED", "the token's times were refused", { details: { offsetSeconds } });
    };
    const { path } = profile(clock, [
      off(-3600),
      () => aws(clock, 1),
      off(1800),
      () => aws(clock, 2),
      off(1800),
      () => aws(clock, 3),
    ]);
    for (const wishes of [WHEN_STALE, NOW, NOW]) await getCredentials(path, wishes, ports);
    assert.match(warned[0] ?? "", /clock is 1h ahead; brevet corrects for it from now on/);
    assert.match(warned[1] ?? "", /clock is 30m ahead; brevet corrects for it from now on/);
    assert.match(warned[2] ?? "", /clock is right again; brevet corrects for it no more/);
    assert.deepEqual([clock.offsetSeconds, warned.length], [0, 3]);
  });

  test("gives up when the second try is refused as well", async (context) => {
    const { clock, ports } = world(context);
    const skewed = (): never => {
      throw new Fault("CLOCK_SKEWED", "the token's times were refused", { details: { offsetSeconds: 600 } });
    };
    const { path, proofs } = profile(clock, [skewed]);
    await assert.rejects(getCredentials(path, WHEN_STALE, ports), { code: "CLOCK_SKEWED" });
    assert.equal(proofs.length, 2);
    assert.equal(clock.offsetSeconds, 0);
  });

  test("learns nothing from who says that it is off by years", async (context) => {
    const { clock, ports } = world(context);
    const skewed = (): never => {
      throw new Fault("CLOCK_SKEWED", "the token's times were refused", { details: { offsetSeconds: 126_000_000 } });
    };
    const { path, proofs } = profile(clock, [skewed]);
    await assert.rejects(getCredentials(path, WHEN_STALE, ports), { code: "CLOCK_SKEWED" });
    assert.equal(proofs.length, 1);
    assert.equal(clock.offsetSeconds, 0);
  });
});

describe("a profile via another", () => {
  test("redeems the other's credentials, got by the same path", async (context) => {
    const { clock, ports } = world(context);
    const first = profile(clock, [() => aws(clock, 1)]);
    const second = profile(clock, [() => aws(clock, 2)]);
    const chained: ProfilePath = {
      ...second.path,
      name: "prod",
      cacheKey: "e".repeat(64),
      source: { kind: "via", profile: first.path },
    };
    assert.equal(accessKey(await getCredentials(chained, WHEN_STALE, ports)), "ASIA2");
    const [proof] = second.proofs;
    assert.ok(proof?.kind === "credentials");
    assert.equal(accessKey(proof.credentials), "ASIA1");
    // What it went through is cached as well.
    assert.equal(accessKey(await getCredentials(first.path, WHEN_STALE, ports)), "ASIA1");
    assert.equal(first.proofs.length, 1);
  });
});

describe("the store", () => {
  test("that cannot be written keeps nobody from credentials", async (context) => {
    const { clock, ports, warned } = world(context);
    const { path } = profile(clock, [() => aws(clock, 1)]);
    const full: Store = {
      ...ports.store,
      save: async () => {
        throw new Fault("FILE_UNWRITABLE", "no space is left");
      },
    };
    assert.equal(accessKey(await getCredentials(path, WHEN_STALE, { ...ports, store: full })), "ASIA1");
    assert.equal(warned.length, 1);
  });

  test("holding something that no version of ours sealed counts as empty", async (context) => {
    const { clock, ports } = world(context);
    const { path } = profile(clock, [() => aws(clock, 1)]);
    for (const text of ["{}", "[]", "null", '{"kind":"aws"}', "not json"]) {
      await ports.store.save("credentials", path.cacheKey, new Secret("credentials", text));
      assert.equal(accessKey(await getCredentials(path, NOW, ports)), "ASIA1");
    }
  });
});
