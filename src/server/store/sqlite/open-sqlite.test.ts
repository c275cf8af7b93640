import assert from "node:assert/strict";
import {
  chmodSync,
  copyFileSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { lookAtSqlite, openSqlite } from "./open-sqlite.ts";
import { walFlush } from "./wal-flush.ts";

const root = mkdtempSync(join(tmpdir(), "brevet-sqlite-"));
after(() => rmSync(root, { recursive: true, force: true }));

describe("the embedded database", () => {
  const file = join(root, "brevet.sqlite");

  test("is not opened where others can read it", async () => {
    await (await openSqlite(file)).close();
    chmodSync(file, 0o644);
    await assert.rejects(openSqlite(file), { code: "FILE_UNSAFE" });
    chmodSync(file, 0o600);
    await (await openSqlite(file)).close();
  });

  test("is not opened through a link", async () => {
    const link = join(root, "link.sqlite");
    symlinkSync(file, link);
    await assert.rejects(openSqlite(link), { code: "FILE_UNSAFE" });
  });

  test("is not served after a crash that took a page of it", async () => {
    const path = join(root, "whole.sqlite");
    const filled = await openSqlite(path);
    await filled.transaction(async ({ run }) => {
      await run("CREATE TABLE kept (name TEXT PRIMARY KEY)");
      for (let row = 0; row < 2000; row++) await run("INSERT INTO kept (name) VALUES (?)", [`row ${row}`]);
    });
    await filled.close();
    const server = await openSqlite(path);
    await server.transaction(({ run }) => run("INSERT INTO kept (name) VALUES ('last')"));
    const left = (name: string): string => {
      for (const end of ["", "-wal"]) copyFileSync(`${path}${end}`, join(root, `${name}${end}`));
      return join(root, name);
    };
    const whole = await openSqlite(left("left-whole.sqlite"));
    assert.deepEqual(await whole.read("SELECT COUNT(*) AS n FROM kept"), [{ n: 2001 }]);
    await whole.close();
    const spoilt = left("left-spoilt.sqlite");
    writeFileSync(spoilt, readFileSync(spoilt).fill(0, 5 * 4096, 6 * 4096));
    await assert.rejects(openSqlite(spoilt), { code: "DATABASE_UNAVAILABLE", message: /is damaged/ });
    await server.close();
  });

  test("takes nothing more after a flush of its log that failed: what it refuses does not happen", async () => {
    let broken = false;
    const database = await openSqlite(join(root, "unflushed.sqlite"), (path) =>
      walFlush(path, async () => {
        if (broken) throw Object.assign(new Error("input/output error"), { code: "EIO" });
      }),
    );
    await database.transaction(({ run }) => run("CREATE TABLE kept (name TEXT)"));
    broken = true;
    const insert = (name: string) => database.transaction(({ run }) => run("INSERT INTO kept (name) VALUES (?)", [name]));
    await assert.rejects(insert("under way"), { code: "DATABASE_UNAVAILABLE" });
    broken = false;
    await assert.rejects(insert("after"), { code: "DATABASE_UNAVAILABLE", message: /did not take/ });
    assert.deepEqual(await database.read("SELECT name FROM kept WHERE name = 'after'"), []);
    await database.close();
  });

  test("is looked at beside its server without its log being moved", async () => {
    const path = join(root, "looked-at.sqlite");
    const server = await openSqlite(path);
    await server.transaction(({ run }) => run("CREATE TABLE kept (name TEXT)"));
    const logBytes = (): number => statSync(`${path}-wal`).size;
    const before = logBytes();
    const look = await lookAtSqlite(path);
    assert.deepEqual(await look.read("SELECT name FROM kept"), []);
    await look.close();
    assert.ok(before > 0);
    assert.equal(logBytes(), before);
    await server.close();
    assert.equal(logBytes(), 0);
  });

  // Windows removes no file that is open.
  test("keeps nothing for sure once its file or its log was removed or replaced", {
    skip: process.platform === "win32",
  }, async () => {
    const replace = (path: string): void => {
      copyFileSync(path, `${path}.copy`);
      renameSync(`${path}.copy`, path);
    };
    const losses = [
      (path: string) => rmSync(path),
      (path: string) => rmSync(`${path}-wal`),
      replace,
      (path: string) => replace(`${path}-wal`),
    ];
    for (const [index, lose] of losses.entries()) {
      const lost = join(root, `lost-${index}.sqlite`);
      const database = await openSqlite(lost);
      await database.transaction(({ run }) => run("CREATE TABLE kept (name TEXT)"));
      await database.transaction(({ run }) => run("INSERT INTO kept (name) VALUES ('before')"));
      lose(lost);
      await assert.rejects(
        database.transaction(({ run }) => run("INSERT INTO kept (name) VALUES ('after')")),
        { code: "DATABASE_UNAVAILABLE", message: /removed or replaced/, details: { committed: true } },
      );
      await database.close();
    }
  });
});
