import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import type { Context } from "../../src/cli/command.ts";
import { composition } from "../../src/cli/compose.ts";
import { configKeyBook } from "../../src/cli/device/key-book.ts";
import { Fault } from "../../src/core/fault.ts";
import type { FaultCode } from "../../src/core/fault-codes.ts";
import type { Publisher } from "../../src/core/publisher.ts";
import type { KeyPlace, Signer } from "../../src/core/signer.ts";
import type { Terminal } from "../../src/core/terminal.ts";
import { generateIssuer } from "../../src/flows/generate-issuer.ts";
import type { Probe } from "../../src/flows/probe-key.ts";
import { publishIssuer } from "../../src/flows/publish-issuer.ts";
import { forgetKeysIn, revokeKeysAt } from "../../src/flows/revoke-keys.ts";
import { abandonRotation, type KeyBook, type KeySet, type RotateKeyInput, rotateKey } from "../../src/flows/rotate-key.ts";
import { brevetPaths } from "../../src/platform/paths.ts";
import { directoryPublisher } from "../../src/publishers/directory/publisher.ts";
import { editConfig } from "../../src/wire/brevet-config/edit.ts";

const ISSUER = "https://id.example.com/laptop";
const top = mkdtempSync(join(tmpdir(), "rotate-key-"));
after(() => rmSync(top, { recursive: true }));
let homes = 0;

/** Called before and after each thing that a rotation changes; what it raises is the kill. */
type Watch = () => void;

/** A home with a device that is published in a folder, and what each run of the program makes anew. */
class Home {
  readonly folder = join(top, String(homes++));
  readonly environment = { HOME: this.folder, BREVET_STORE: "file" };
  readonly paths = brevetPaths(this.environment);
  readonly served = directoryPublisher({ folder: join(this.folder, "served"), lockFolder: join(this.folder, "locks") });
  readonly warned: string[] = [];
  /** What was shown while something ran, each at its time. */
  readonly shown: string[] = [];
  /** Whether the clouds refuse the key in use too. */
  refusesKeyInUse = false;
  /** Codes that the clouds refuse the next key with, one for each attempt; then they take it. */
  refusals: FaultCode[] = [];
  attempts = 0;
  clockAt = 1_800_000_000;

  async open(): Promise<this> {
    mkdirSync(this.folder, { mode: 0o700 });
    const { compose } = this.context();
    await compose.editConfig((text) =>
      editConfig(text, ["identities", "laptop"], { kind: "device", signer: "software", subject: "laptop-abc", issuer: ISSUER }),
    );
    const { signer, ...copies } = await this.device();
    await signer.createKey("ES256");
    const wanted = { identity: "laptop", issuer: ISSUER, certificates: "none" as const };
    await generateIssuer(wanted, { signers: [signer], folder: copies.generated, now: () => this.clockAt });
    await publishIssuer(
      { identity: "laptop", issuer: ISSUER, shared: false },
      { signer, destination: this.served, notices: { warn: (line: string) => void this.warned.push(line) }, ...copies },
    );
    return this;
  }

  /** What one run of the program has. */
  context(): Context {
    const terminal = { say: () => {}, warn: (line: string) => this.warned.push(line), hasPerson: false } as unknown as Terminal;
    const { environment, paths } = this;
    const compose = composition({ words: [], environment, paths, terminal });
    const output = (): void => {};
    return { environment, paths, terminal, compose, output, errorOutput: output, workingFolder: this.folder };
  }

  async device() {
    const { compose } = this.context();
    return { ...(await compose.device("laptop")), ...(await compose.issuerCopies("laptop")) };
  }

  async rotate(watch: Watch = () => {}, wishes: Partial<RotateKeyInput> & { signer?: KeyPlace["signer"]; abandon?: true } = {}) {
    const context = this.context();
    const device = await context.compose.device("laptop");
    const copies = await context.compose.issuerCopies("laptop");
    const book = await configKeyBook(device, wishes.signer ?? null, context);
    const probe: Probe = {
      name: "dev",
      attempt: async (key) => {
        if (key === "current" && this.refusesKeyInUse) throw new Fault("EXCHANGE_REFUSED", "the cloud never said yes");
        if (key === "next") this.attempts++;
        const code = key === "next" ? this.refusals.shift() : undefined;
        if (code !== undefined) throw new Fault(code, "the cloud says no");
      },
    };
    const run = wishes.abandon ? abandonRotation : rotateKey;
    return run(
      {
        identity: "laptop",
        issuer: ISSUER,
        shared: false,
        overlapSeconds: 0,
        wait: true,
        rules: { rounds: 3, pauseSeconds: 1, patienceSeconds: 60 },
        ...wishes,
      },
      {
        book: watchedBook(book, watch),
        generated: watchedPublisher(copies.generated, watch),
        published: watchedPublisher(copies.published, watch),
        destinations: [watchedPublisher(this.served, watch)],
        verify: async () => assert.fail("nothing is uploaded by hand"),
        probes: [probe],
        clock: { now: () => this.clockAt, offsetSeconds: 0, learn: () => {} },
        notices: context.terminal,
        progress: async () => ({ update: (text) => void this.shown.push(text), done: () => {}, failed: () => {} }),
        tempo: {
          elapsedMs: () => this.clockAt * 1000,
          pause: async (milliseconds) => {
            this.clockAt += milliseconds / 1000;
          },
        },
      },
    );
  }

  async servedKids(): Promise<readonly string[]> {
    const { keys } = JSON.parse((await this.served.read("keys.json"))?.body ?? "");
    return keys.map(({ kid }: { kid: string }) => kid);
  }

  /** Proves that the device works: its key is where verifiers look, and a token is let out. */
  async requireUsable(): Promise<string> {
    const { signer } = await this.device();
    const [key] = await signer.publicKeys();
    assert.ok(key);
    assert.ok((await this.servedKids()).includes(key.kid), "the key in use is published");
    const { identity } = await this.context().compose.identity("laptop");
    await identity.assert({ audience: "everyone", form: "jwt", algorithms: ["ES256"] });
    return key.kid;
  }

  async keysBlock(): Promise<unknown> {
    return (await this.context().compose.config()).identities.get("laptop")?.options["keys"];
  }
}

function watched<Args extends readonly unknown[], T>(work: (...args: Args) => Promise<T>, watch: Watch) {
  return async (...args: Args): Promise<T> => {
    watch();
    const result = await work(...args);
    watch();
    return result;
  };
}

function watchedSet(set: KeySet, watch: Watch): KeySet {
  const { signer } = set;
  const changing: Signer = {
    ...signer,
    createKey: watched((algorithm) => signer.createKey(algorithm), watch),
    destroyKeys: watched(() => signer.destroyKeys(), watch),
  };
  return { ...set, signer: changing };
}

function watchedBook(book: KeyBook, watch: Watch): KeyBook {
  return {
    current: watchedSet(book.current, watch),
    next: book.next === null ? null : watchedSet(book.next, watch),
    previous:
      book.previous === null ? null : { ...book.previous, ...watchedSet(book.previous, watch), until: book.previous.until },
    propose: async () => watchedSet(await book.propose(), watch),
    begin: watched((next) => book.begin(next), watch),
    switchOver: watched((until) => book.switchOver(until), watch),
    settle: watched(() => book.settle(), watch),
  };
}

function watchedPublisher(publisher: Publisher, watch: Watch): Publisher {
  const { overwrite } = publisher;
  return {
    ...publisher,
    replace: watched((document, expected) => publisher.replace(document, expected), watch),
    ...(overwrite === undefined ? {} : { overwrite: watched((document) => overwrite(document), watch) }),
  };
}

class Killed extends Error {}

async function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => "none",
    (cause: unknown) => (cause instanceof Fault ? cause.code : String(cause)),
  );
}

describe("a rotation", () => {
  it("ends with a new key alone in the documents, and the old one destroyed", async () => {
    const home = await new Home().open();
    const old = await home.requireUsable();
    const end = await home.rotate();
    assert.equal(end.state, "done");
    const now = await home.requireUsable();
    assert.notEqual(now, old);
    assert.deepEqual(await home.servedKids(), [now]);
    assert.deepEqual(await home.keysBlock(), { generation: 2 });
    const first = await home.context().compose.keys("laptop", { signer: { kind: "software", options: {} }, generation: 1 });
    assert.deepEqual(await first.publicKeys(), []);
  });

  it("can be killed at every step: the device works all the time, and the next run ends it", async () => {
    let steps = 0;
    const first = await new Home().open();
    await first.rotate(() => void steps++);
    assert.ok(steps > 20, `${steps} moments`);
    for (let moment = 1; moment <= steps; moment++) {
      const home = await new Home().open();
      const old = await home.requireUsable();
      let left = moment;
      const kill: Watch = () => {
        if (--left === 0) throw new Killed();
      };
      await assert.rejects(home.rotate(kill), Killed);
      await home.requireUsable();
      // A run that finds nothing left to do would begin another rotation.
      if ((await home.keysBlock()) !== undefined && JSON.stringify(await home.keysBlock()) !== '{"generation":2}') {
        assert.equal((await home.rotate()).state, "done", `after moment ${moment}`);
      }
      const now = await home.requireUsable();
      assert.deepEqual(await home.servedKids(), [now], `after moment ${moment}`);
      assert.equal(now === old, (await home.keysBlock()) === undefined);
    }
  });

  it("switches only after as many successes in a row as it was told", async () => {
    const home = await new Home().open();
    home.refusals = ["EXCHANGE_REFUSED", "NETWORK_TIMEOUT", "PROVIDER_UNAVAILABLE"];
    await home.rotate();
    assert.equal(home.attempts, 3 + 3);
  });

  it("leaves the key in use where it is when a cloud never takes the new one, goes on later, and can be abandoned", async () => {
    const home = await new Home().open();
    const old = await home.requireUsable();
    home.refusals = Array(1000).fill("EXCHANGE_REFUSED");
    assert.equal(await codeOf(home.rotate()), "KEY_UNTRUSTED");
    assert.equal(await home.requireUsable(), old);
    assert.equal((await home.servedKids()).length, 2);
    assert.equal(await codeOf(home.rotate()), "KEY_UNTRUSTED");
    assert.equal((await home.servedKids()).length, 2, "the same next key");
    const command = { kind: "command", options: { command: "/bin/false" } };
    assert.equal(await codeOf(home.rotate(undefined, { signer: command })), "ROTATION_PENDING");
    await home.rotate(undefined, { abandon: true });
    assert.deepEqual(await home.servedKids(), [old]);
    assert.equal(await home.keysBlock(), undefined);
    assert.equal(await codeOf(home.rotate(undefined, { abandon: true })), "USAGE_INVALID");
  });

  it("gives a cloud that is out of reach a minute, and says that this is not about the key", async () => {
    const home = await new Home().open();
    const old = await home.requireUsable();
    home.refusals = Array(1000).fill("NETWORK_UNREACHABLE");
    const began = home.clockAt;
    assert.equal(
      await codeOf(home.rotate(undefined, { rules: { rounds: 3, pauseSeconds: 1, patienceSeconds: 900 } })),
      "NETWORK_UNREACHABLE",
    );
    assert.ok(home.clockAt - began <= 65, `${home.clockAt - began} s`);
    assert.equal(await home.requireUsable(), old);
    home.refusals = [...Array(50).fill("NETWORK_TIMEOUT"), "EXCHANGE_REFUSED", ...Array(50).fill("NETWORK_TIMEOUT")];
    const rules = { rounds: 3, pauseSeconds: 1, patienceSeconds: 900 };
    assert.equal((await home.rotate(undefined, { rules })).state, "done", "an answer begins the minute anew");
  });

  it("says before it waits that the key in use works nowhere either", async () => {
    const home = await new Home().open();
    home.refusesKeyInUse = true;
    home.refusals = Array(1000).fill("EXCHANGE_REFUSED");
    assert.equal(
      await codeOf(home.rotate(() => {}, { rules: { rounds: 3, pauseSeconds: 1, patienceSeconds: 0 } })),
      "KEY_UNTRUSTED",
    );
    assert.equal(home.warned.filter((line) => line.startsWith("dev: the key in use does not work")).length, 1);
    home.refusals = [];
    assert.equal((await home.rotate()).state, "done", "a rotation may be what mends it");
  });

  it("does not wait for what time will not mend", async () => {
    const home = await new Home().open();
    home.refusals = ["PIN_WRONG"];
    assert.equal(await codeOf(home.rotate()), "PIN_WRONG");
    await home.requireUsable();
  });

  it("keeps the old key published for as long as a token of it may live", async () => {
    const home = await new Home().open();
    const [end] = [await home.rotate(undefined, { overlapSeconds: 330, wait: false })];
    assert.equal(end.state, "overlapping");
    assert.equal((await home.servedKids()).length, 2);
    home.clockAt += 329;
    assert.equal((await home.rotate(undefined, { wait: false })).state, "overlapping");
    assert.equal((await home.servedKids()).length, 2);
    home.clockAt += 1;
    assert.equal((await home.rotate(undefined, { wait: false })).state, "done");
    assert.equal((await home.servedKids()).length, 1);
  });

  it("counts down while it waits for that", async () => {
    const home = await new Home().open();
    await home.rotate(undefined, { overlapSeconds: 330 });
    const waited = home.shown.filter((text) => text.startsWith("the old key stays published"));
    assert.equal(new Set(waited).size, 330);
    assert.match(waited.at(-1) ?? "", /for 1s more$/);
  });

  it("moves to another signer, and refuses one that lacks an algorithm in use", async () => {
    const home = await new Home().open();
    const program = [process.execPath, join(import.meta.dirname, "../contracts/external-signer.mjs"), join(home.folder, "keys")];
    const signer = { kind: "command", options: { command: program, algorithms: ["ES256"] } };
    await (await home.device()).signer.createKey("RS256");
    assert.equal(await codeOf(home.rotate(undefined, { signer })), "ALGORITHM_UNSUPPORTED");
    assert.equal(await home.keysBlock(), undefined, "nothing was begun");
    const both = { ...signer, options: { command: program, algorithms: ["ES256", "RS256"] } };
    assert.equal((await home.rotate(undefined, { signer: both })).state, "done");
    assert.equal((await home.device()).options.signer.kind, "command");
    await home.requireUsable();
  });

  it("is not begun with the key in use, so that another signer can be named at once", async () => {
    const home = await new Home().open();
    const program = [process.execPath, join(import.meta.dirname, "../contracts/external-signer.mjs")];
    const answering = (folder: string, ...wrong: string[]) => ({
      kind: "command",
      options: { command: [...program, join(home.folder, folder), ...wrong], algorithms: ["ES256"] },
    });
    assert.equal((await home.rotate(undefined, { signer: answering("one", "one-key-for-all") })).state, "done");
    const [kid, keys] = [await home.requireUsable(), await home.keysBlock()];
    assert.equal(await codeOf(home.rotate()), "SIGNER_FAILED");
    assert.deepEqual(await home.keysBlock(), keys);
    assert.equal(await home.requireUsable(), kid);
    assert.equal((await home.rotate(undefined, { signer: answering("another") })).state, "done");
    assert.notEqual(await home.requireUsable(), kid);
  });

  const openRevoked = async () => {
    const home = await new Home().open();
    const { signer, generated, published } = await home.device();
    const [old] = await signer.publicKeys();
    assert.ok(old);
    const kids = new Set([old.kid]);
    assert.deepEqual((await revokeKeysAt(home.served, kids)).removed, [old.kid]);
    assert.deepEqual((await revokeKeysAt(home.served, kids)).removed, [], "it can be run again");
    for (const copy of [generated, published]) await forgetKeysIn(copy, kids);
    await signer.destroyKeys();
    assert.deepEqual(await home.servedKids(), []);
    return { home, old: old.kid };
  };

  it("gives a device that was revoked a new key, under the same subject, and waits for nobody", async () => {
    const { home, old } = await openRevoked();
    home.refusals = Array(1000).fill("NETWORK_UNREACHABLE");
    const began = home.clockAt;
    assert.equal((await home.rotate(undefined, { overlapSeconds: 330, wait: false })).state, "done");
    assert.deepEqual([home.attempts, home.clockAt - began], [0, 0]);
    const now = await home.requireUsable();
    assert.notEqual(now, old);
    assert.deepEqual(await home.servedKids(), [now]);
  });

  it("of a device that was revoked goes on after it was stopped, and has no key to go back to", async () => {
    const { home } = await openRevoked();
    let left = 4;
    const stop = (): void => {
      if (left-- === 0) throw new Error("stopped");
    };
    await assert.rejects(home.rotate(stop), /stopped/);
    await assert.rejects(home.rotate(undefined, { abandon: true }), (cause) => {
      assert.ok(cause instanceof Fault && cause.code === "KEY_ABSENT", String(cause));
      assert.match(cause.hints[0] ?? "", /`brevet issuer rotate laptop`/);
      return true;
    });
    const { signer } = await home.device();
    assert.deepEqual(await signer.publicKeys(), [], "no second key was made");
    assert.equal((await home.rotate()).state, "done");
    assert.deepEqual(await home.servedKids(), [await home.requireUsable()]);
  });

  it("by two processes at once makes one change at a time", async () => {
    const home = await new Home().open();
    const ends = await Promise.all([home.rotate(), home.rotate()].map(codeOf));
    assert.ok(ends.includes("none") || ends.includes("ROTATION_PENDING"), ends.join());
    for (const end of ends) assert.ok(["none", "ROTATION_PENDING", "KEY_EXISTS"].includes(end), end);
    await home.requireUsable();
  });
});
