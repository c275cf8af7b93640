import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { describe, test } from "node:test";
import { programIn, RUNTIMES } from "./both-runtimes.ts";

for (const runtime of RUNTIMES) {
  /** Starts who opens the database, each a process of its own. */
  async function opened(role: string, file: string): Promise<{ readonly found: unknown; end(): Promise<void> }> {
    const [program, ...args] = programIn(runtime, "failed-flush-child.ts");
    const child = spawn(program, [...args, role, file], { stdio: ["pipe", "pipe", "inherit"], timeout: 60_000 });
    const ended = once(child, "exit");
    const [line] = (await once(createInterface(child.stdout), "line")) as [string];
    return {
      found: JSON.parse(line) as unknown,
      async end() {
        child.stdin.end();
        assert.deepEqual(await ended, [0, null]);
      },
    };
  }

  async function names(file: string): Promise<unknown> {
    const { found, end } = await opened("next server", file);
    await end();
    return found;
  }

  describe(`${runtime}: a log that could not be flushed`, () => {
    const inFolder = (name: string, work: (file: string) => Promise<void>) =>
      test(name, async (t) => {
        const folder = mkdtempSync(join(tmpdir(), "brevet-failed-flush-"));
        t.after(() => rmSync(folder, { recursive: true }));
        await work(join(folder, "brevet.sqlite"));
      });

    inFolder("is left to the checksums of the next start, and not moved into the file", async (file) => {
      await (await opened("failing server", file)).end();
      const alone = `${file}.alone`;
      copyFileSync(file, alone);
      assert.deepEqual(await names(alone), ["before"]);
      // The disk of this test forgets nothing, so the log is whole.
      assert.deepEqual(await names(file), ["before", "refused"]);
    });

    inFolder("is believed by no next server, whoever has looked at it meanwhile", async (file) => {
      const server = await opened("failing server", file);
      const look = await opened("look", file);
      assert.deepEqual(look.found, ["before", "refused"]);
      await server.end();
      forget(`${file}-wal`, "refused");
      const early = await opened("next server", file);
      assert.equal(early.found, "DATABASE_UNAVAILABLE");
      await early.end();
      await look.end();
      assert.deepEqual(await names(file), ["before"]);
    });
  });
}

/** What a disk does to a page that it could not write. */
function forget(file: string, text: string): void {
  const bytes = readFileSync(file);
  const at = bytes.indexOf(text);
  assert.ok(at > 0);
  writeFileSync(file, bytes.fill(0, at, at + text.length));
}
