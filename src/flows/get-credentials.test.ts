import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import type { AwsCredentials, Credentials } from "../core/credentials.ts";
import type { Proof } from "../core/exchange.ts";
import { Fault } from "../core/fault.ts";
import type { ProfilePath } from "../core/profile.ts";
import { Secret } from "../core/secret.ts";
import type { Store } from "../core/store.ts";
import type { Clock } from "../core/time.ts";
import { privateFiles } from "../platform/files.ts";
import { keyFileGuardKind } from "../stores/key-file/key-file-guard.ts";
import { chooseGuard } from "../stores/sealed-file/choose-guard.ts";
import { sealedFileStore } from "../stores/sealed-file/sealed-file-store.ts";
import { getCredentials } from "./get-credentials.ts";

const root = mkdtempSync(join(tmpdir(), "brevet-flow-"));
after(() => rmSync(root, { recursive: true, force: true }));

let folders = 0;

/** A real store in a folder of its own. */
function realStore(): Store {
  folders += 1;
  const paths = { stateFolder: join(root, `${folders}`, "state"), cacheFolder: join(root, `${folders}`, "cache") };
  const files = privateFiles();
  const kinds = { file: async () => keyFileGuardKind({ paths, files }) };
  return sealedFileStore({ paths, files, runKey: null, guard: () => chooseGuard({ asked: "file", kinds, files, paths }) });
}

/** A clock that stands still until it is moved. */
function settableClock(at: number): Clock & { move(seconds: number): void } {
  let now = at;
  let offset = 0;
  return {
    now: () => now + offset,
    get offsetSeconds() {
      return offset;
    },
    learn: (seconds) => {
      offset = seconds;
    },
    move: (seconds) => {
      now += seconds;
    },
  };
}

const START = 1_800_000_000;

function world() {
  const said: string[] = [];
  const warned: string[] = [];
  const clock = settableClock(START);
  const store = realStore();
  const notices = { say: (line: string) => said.push(line), warn: (line: string) => warned.push(line) };
  return { said, warned, clock, store, ports: { store, clock, notices } };
}

function aws(clock: Clock, id: number, lifeSeconds = 3600): AwsCredentials {
  return {
    kind: "aws",
    accessKeyId: `ASIA${id}`,
    secretAccessKey: new Secret("secret access key", `secret-${id}`),
    sessionToken: new Secret("session token", `token-${id}`),
    issuedAt: clock.now(),
    expiresAt: clock.now() + lifeSeconds,
    assumedRoleArn: "arn:aws:sts::123456789012:assumed-role/dev/laptop",
    region: "eu-west-1",
  };
}

/** A profile whose exchange answers with the outcomes in turn, the last one for ever. */
function profile(clock: Clock, outcomes: readonly ((proof: Proof) => Credentials)[]) {
  const proofs: Proof[] = [];
  const path: ProfilePath = {
    name: "dev",
    cacheKey: "d".repeat(64),
    source: {
      kind: "identity",
      open: async () => ({
        describe: async () => ({ kind: "device", issuer: null, subject: null, summary: "" }),
        assert: async ({ audience }) => ({
          form: "jwt",
          value: Promise.resolve(new Secret("assertion", `jwt@${clock.now()}`)),
          audience,
          expiresAt: clock.now() + 300,
        }),
      }),
    },
    check: async () => undefined,
    openExchange: async () => ({
      request: () => ({ audience: "sts.amazonaws.com", form: "jwt", algorithms: ["ES256"] }),
      async redeem(proof) {
        proofs.push(proof);
        const outcome = outcomes[Math.min(proofs.length, outcomes.length) - 1];
        assert.ok(outcome !== undefined);
        return outcome(proof);
      },
    }),
  };
  return { path, proofs };
}

const WHEN_STALE = { renew: "when-stale", purpose: "a test asks" } as const;
const NOW = { renew: "now", purpose: "a test asks" } as const;

function accessKey(credentials: Credentials): string {
  assert.equal(credentials.kind, "aws");
  return credentials.kind === "aws" ? credentials.accessKeyId : "";
}

function refused(): never {
  throw new Fault("EXCHANGE_REFUSED", "the role refused");
}

describe("a refusal", () => {
  test("is looked into by the token that the cloud got", async () => {
    const { clock, ports } = world();
    const { path } = profile(clock, [
      () => {
        const hints = ["see what it says: `brevet token --audience AUDIENCE | brevet token inspect`"];
        throw new Fault("EXCHANGE_REFUSED", "the role refused", { hints, details: { cloudCode: "AccessDenied" } });
      },
    ]);
    await assert.rejects(getCredentials(path, NOW, ports), {
      code: "EXCHANGE_REFUSED",
      details: { cloudCode: "AccessDenied" },
      hints: ["see what it says: `brevet token --audience sts.amazonaws.com | brevet token inspect`"],
    });
  });
});

describe("what is cached", () => {
  test("serves until its refresh window and not longer", async () => {
    const { clock, ports } = world();
    let made = 0;
    const { path, proofs } = profile(clock, [() => aws(clock, ++made)]);
    assert.equal(accessKey(await getCredentials(path, WHEN_STALE, ports)), "ASIA1");
    clock.move(3600 - 901);
    assert.equal(accessKey(await getCredentials(path, WHEN_STALE, ports)), "ASIA1");
    clock.move(1);
    assert.equal(accessKey(await getCredentials(path, WHEN_STALE, ports)), "ASIA2");
    assert.equal(proofs.length, 2);
  });

  test("keeps short credentials for two thirds of their life", async () => {
    const { clock, ports } = world();
    let made = 0;
    const { path } = profile(clock, [() => aws(clock, ++made, 900)]);
    await getCredentials(path, WHEN_STALE, ports);
    clock.move(599);
    assert.equal(accessKey(await getCredentials(path, WHEN_STALE, ports)), "ASIA1");
    clock.move(1);
    assert.equal(accessKey(await getCredentials(path, WHEN_STALE, ports)), "ASIA2");
  });

  test("is passed over when a new exchange is asked for", async () => {
    const { clock, ports } = world();
    let made = 0;
    const { path } = profile(clock, [() => aws(clock, ++made)]);
    await getCredentials(path, WHEN_STALE, ports);
    assert.equal(accessKey(await getCredentials(path, NOW, ports)), "ASIA2");
  });

  test("is given with a warning when the exchange fails and it still lives", async () => {
    const { clock, ports, warned } = world();
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
  test("is told of the failure, although cached credentials live", async () => {
    const { clock, ports, warned } = world();
    const { path } = profile(clock, [() => aws(clock, 1), refused]);
    await getCredentials(path, WHEN_STALE, ports);
    await assert.rejects(getCredentials(path, NOW, ports), { code: "EXCHANGE_REFUSED" });
    assert.equal(warned.length, 0);
    // The others still have what was cached.
    assert.equal(accessKey(await getCredentials(path, WHEN_STALE, ports)), "ASIA1");
  });

  test("sees an exchange of its own, although it waited for another", async () => {
    const { clock, ports } = world();
    let made = 0;
    const { path, proofs } = profile(clock, [() => aws(clock, ++made)]);
    await Promise.all(Array.from({ length: 3 }, () => getCredentials(path, NOW, ports)));
    assert.equal(proofs.length, 3);
  });
});

describe("many at once", () => {
  test("make one exchange", async () => {
    const { clock, ports } = world();
    let made = 0;
    const { path, proofs } = profile(clock, [() => aws(clock, ++made)]);
    const all = await Promise.all(Array.from({ length: 20 }, () => getCredentials(path, WHEN_STALE, ports)));
    assert.deepEqual(new Set(all.map(accessKey)), new Set(["ASIA1"]));
    assert.equal(proofs.length, 1);
  });

  test("share one refusal", async () => {
    const { clock, ports } = world();
    const { path, proofs } = profile(clock, [refused]);
    const all = await Promise.allSettled(Array.from({ length: 20 }, () => getCredentials(path, WHEN_STALE, ports)));
    assert.ok(all.every((one) => one.status === "rejected" && one.reason.code === "EXCHANGE_REFUSED"));
    assert.equal(proofs.length, 1);
    // A later caller did not wait for that one: it tries for itself.
    clock.move(1);
    await assert.rejects(getCredentials(path, WHEN_STALE, ports));
    assert.equal(proofs.length, 2);
  });
});

describe("the clock", () => {
  test("learns from a refusal of the token's times, tells it once, and tries once more", async () => {
    const { clock, ports, warned } = world();
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

  test("gives up when the second try is refused as well", async () => {
    const { clock, ports } = world();
    const skewed = (): never => {
      throw new Fault("CLOCK_SKEWED", "the token's times were refused", { details: { offsetSeconds: 600 } });
    };
    const { path, proofs } = profile(clock, [skewed]);
    await assert.rejects(getCredentials(path, WHEN_STALE, ports), { code: "CLOCK_SKEWED" });
    assert.equal(proofs.length, 2);
    assert.equal(clock.offsetSeconds, 0);
  });

  test("learns nothing from who says that it is off by years", async () => {
    const { clock, ports } = world();
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
  test("redeems the other's credentials, got by the same path", async () => {
    const { clock, ports } = world();
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
  test("that cannot be written keeps nobody from credentials", async () => {
    const { clock, ports, warned } = world();
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

  test("holding something that no version of ours sealed counts as empty", async () => {
    const { clock, ports } = world();
    const { path } = profile(clock, [() => aws(clock, 1)]);
    for (const text of ["{}", "[]", "null", '{"kind":"aws"}', "not json"]) {
      await ports.store.save("credentials", path.cacheKey, new Secret("credentials", text));
      assert.equal(accessKey(await getCredentials(path, NOW, ports)), "ASIA1");
    }
  });
});
