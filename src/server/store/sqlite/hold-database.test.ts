import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { startTrial } from "../../../../test/server/trial-server.ts";
import { Fault } from "../../../core/fault.ts";
import { holdDatabase } from "./hold-database.ts";

const root = mkdtempSync(join(tmpdir(), "brevet-hold-"));
after(() => rmSync(root, { recursive: true, force: true }));

describe("an embedded database", () => {
  test("is held by one, until that one lets go", async () => {
    const file = join(root, "brevet.sqlite");
    const release = await holdDatabase(file);
    assert.equal(statSync(`${file}.lock`).mode & 0o777, 0o600);
    await assert.rejects(holdDatabase(file), (cause) => {
      assert.ok(cause instanceof Fault && cause.code === "SERVER_RUNNING", String(cause));
      assert.ok(cause.message.endsWith(`${file} (process ${process.pid})`), cause.message);
      return true;
    });
    release();
    (await holdDatabase(file))();
  });

  test("is held also where nobody can note by whom, and then nobody is named", async () => {
    const file = join(root, "unnoted.sqlite");
    mkdirSync(`${file}.pid`, { mode: 0o700 });
    const release = await holdDatabase(file);
    rmSync(`${file}.pid`, { recursive: true });
    await assert.rejects(holdDatabase(file), (cause) => cause instanceof Fault && cause.message.endsWith(file));
    release();
  });

  test("is served by one server at a time", async () => {
    const first = await startTrial();
    const again = { dataFolder: first.dataFolder, url: first.url };
    // Whoever wants a server of another name is not helped by stopping this one.
    await assert.rejects(
      startTrial({ ...again, url: "http://localhost:1" }),
      (cause) =>
        cause instanceof Fault && cause.code === "SERVER_RUNNING" && cause.hints.some((hint) => hint.includes("--data DIR")),
    );
    await first.stop();
    const second = await startTrial(again);
    await second.close();
  });
});
