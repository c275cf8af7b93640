import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { Secret } from "../core/secret.ts";
import type { Terminal } from "../core/terminal.ts";
import { brevetPaths } from "../platform/paths.ts";
import { privateFiles } from "../platform/private-files.ts";
import { runKey } from "../stores/sealed-file/run-key.ts";
import type { Context } from "./command.ts";
import { command as cacheClear } from "./commands/cache-clear.ts";
import { composition } from "./compose.ts";

/** A world whose store is guarded by a key file, and whose login session has a memory file system. */
function openWorld(config: string, say: (line: string) => void = () => undefined) {
  const [home, runtime] = [mkdtempSync(join(tmpdir(), "brevet-compose-")), mkdtempSync("/dev/shm/brevet-compose-")];
  after(() => {
    for (const folder of [home, runtime]) rmSync(folder, { recursive: true, force: true });
  });
  const environment = { HOME: home, XDG_RUNTIME_DIR: runtime, BREVET_STORE: "file" };
  const paths = brevetPaths(environment);
  mkdirSync(join(paths.configFile, ".."), { recursive: true, mode: 0o700 });
  writeFileSync(paths.configFile, config, { mode: 0o600 });
  const terminal = { say, warn: say } as unknown as Terminal;
  return { paths, terminal, compose: composition({ words: [], environment, paths, terminal }) };
}

const onLinux = process.platform === "linux" ? false : "only Linux has a memory file system for each login session";

describe("the run key", { skip: onLinux }, () => {
  for (const [wanted, state] of [
    [true, "present"],
    [false, "absent"],
  ] as const) {
    test(`that an earlier call left is ${state} once the store was opened with store.runKey: ${wanted}`, async () => {
      const { paths, compose } = openWorld(`{ "store": { "runKey": ${wanted} } }`);
      const key = runKey(privateFiles(), paths);
      key.save({ key: new Uint8Array(32), id: new Uint8Array(8) });
      assert.equal(key.describe().state, "present");
      await compose.store();
      assert.equal(key.describe().state, state);
    });
  }
});

describe("cache clear", { skip: onLinux }, () => {
  test("waits for a call that is under way, and keeps nothing of it", async () => {
    let answered = (): void => undefined;
    const answer = new Promise<void>((done) => {
      answered = done;
    });
    const said: string[] = [];
    const world = openWorld("{}", (line) => {
      said.push(line);
      answered();
    });
    const store = await world.compose.store();
    await store.save("credentials", "a", new Secret("x", "x"));
    let cleared: Promise<number> | undefined;
    await store.withLock("credentials", "b", { purpose: "asks for profile dev" }, async () => {
      // Only these parts of its world are used.
      cleared = cacheClear.run({ flags: {}, words: {}, rest: [] }, world as unknown as Context);
      await answer;
      await store.save("credentials", "b", new Secret("x", "x"));
    });
    assert.equal(await cleared, 0);
    assert.deepEqual(said, [`waiting for process ${process.pid}: asks for profile dev`, "forgot 2 cached credentials"]);
    assert.deepEqual(await store.list("credentials"), []);
  });
});
