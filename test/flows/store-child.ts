import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Fault } from "../../src/core/fault.ts";
import { Secret } from "../../src/core/secret.ts";
import type { Store } from "../../src/core/store.ts";
import { type FileCalls, systemCalls } from "../../src/platform/file-calls.ts";
import { privateFiles } from "../../src/platform/private-files.ts";
import { keyFileGuardKind } from "../../src/stores/key-file/key-file-guard.ts";
import { chooseGuard } from "../../src/stores/sealed-file/choose-guard.ts";
import { sealedFileStore } from "../../src/stores/sealed-file/sealed-file-store.ts";

/**
 * The process that the store's tests start, stop and kill: `HOME TASK ARGUMENTS…`.
 *
 * It holds no test. What it says on stdout, a line at a time, is all that the tests learn from it.
 */
const [home = "", task = "", ...args] = process.argv.slice(2);

const TASKS: Readonly<Record<string, () => Promise<void>>> = {
  /** `save VALUE K`: saves one entry under its lock and dies before the K-th system call; says how many there were. */
  save: async () => {
    const [value = "", deathAt = ""] = args;
    const { calls, count } = mortalCalls(Number(deathAt));
    const store = open(calls);
    await store.withLock("keys", "entry", { purpose: "saves" }, () => store.save("keys", "entry", new Secret("value", value)));
    say(String(count()));
  },
  /** `load NAME`: says what the entry holds. */
  load: async () => say(String((await open(systemCalls).load("keys", args[0] ?? ""))?.reveal())),
  /** `hold NAME`: takes a lock and keeps it until stdin ends. */
  hold: async () => {
    await open(systemCalls).withLock("credentials", args[0] ?? "", { purpose: "holds on" }, async () => {
      say("held");
      await inputEnd();
    });
  },
  /** `try NAME`: takes a lock if it is to be had within half a second, and says what came of it. */
  try: async () => {
    try {
      await open(systemCalls, 0.5).withLock("credentials", args[0] ?? "", { purpose: "tries" }, async () => say("taken"));
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      say(error.code);
    }
  },
  /** `count FATE`: adds one to the entry, alone; `dies` while it holds the lock, or lives. */
  count: async () => {
    const store = open(systemCalls);
    await store.withLock("keys", "count", { purpose: "counts" }, async () => {
      const mark = join(home, "inside");
      writeFileSync(mark, String(process.pid));
      const count = Number((await store.load("keys", "count"))?.reveal() ?? 0);
      await store.save("keys", "count", new Secret("count", String(count + 1)));
      // Whoever is in here with us has overwritten our mark.
      if (readFileSync(mark, "utf8") !== String(process.pid)) say("not alone");
      if (args[0] === "dies") process.kill(process.pid, "SIGKILL");
    });
    say("counted");
  },
  /** `endless`: counts the entry up without an end, and says each number before and after it is saved. */
  endless: async () => {
    const store = open(systemCalls);
    for (let count = Number((await store.load("keys", "count"))?.reveal() ?? 0) + 1; ; count++) {
      await store.withLock("keys", "count", { purpose: "counts" }, async () => {
        say(`saving ${count}`);
        await store.save("keys", "count", new Secret("count", String(count)));
        say(`saved ${count}`);
      });
    }
  },
  /** `report`: loads, then saves more and more; says what became of each. */
  report: async () => {
    const store = open(systemCalls);
    const said = async (name: string, work: () => Promise<unknown>): Promise<void> => {
      const outcome = await work().then(String, (error: unknown) => (error instanceof Fault ? error.code : String(error)));
      say(`${name} ${outcome}`);
    };
    await said("load", async () => (await store.load("keys", "entry"))?.reveal());
    await said("save", () => store.save("keys", "entry", new Secret("value", "x".repeat(Number(args[0])))));
    await said("lock", () => store.withLock("keys", "entry", { purpose: "tries" }, async () => "taken"));
    await said("load", async () => (await store.load("keys", "entry"))?.reveal());
  },
};

function open(calls: FileCalls, lockPatienceSeconds = 120): Store {
  const paths = { stateFolder: join(home, "state"), cacheFolder: join(home, "cache") };
  const files = privateFiles(calls);
  return sealedFileStore({
    paths,
    files,
    runKey: null,
    lockPatienceSeconds,
    guard: () => chooseGuard({ asked: "file", kinds: { file: async () => keyFileGuardKind({ paths, files }) }, files, paths }),
  });
}

/** The system's calls, of which the `deathAt`-th is not made, because the process is killed; a write is half made. */
function mortalCalls(deathAt: number): { readonly calls: FileCalls; count(): number } {
  let made = 0;
  const calls = Object.fromEntries(
    Object.entries(systemCalls).map(([name, call]: [string, (...parameters: never[]) => unknown]) => [
      name,
      (...parameters: never[]) => {
        made += 1;
        if (made < deathAt) return call(...parameters);
        if (name === "write") {
          const [fd, bytes] = parameters as unknown as [number, Uint8Array];
          systemCalls.write(fd, bytes.subarray(0, bytes.length / 2));
        }
        return process.kill(process.pid, "SIGKILL");
      },
    ]),
  ) as unknown as FileCalls;
  return { calls, count: () => made };
}

function say(line: string): void {
  writeFileSync(1, `${line}\n`);
}

function inputEnd(): Promise<void> {
  return new Promise((resolve) => process.stdin.on("end", resolve).resume());
}

const run = TASKS[task];
if (run === undefined) throw new TypeError(`no such task: ${task}`);
await run();
