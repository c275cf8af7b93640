import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, test } from "node:test";
import { chainRoot, rowDigest } from "../../src/server/audit/ledger.ts";
import { openSqlite } from "../../src/server/store/sqlite/open-sqlite.ts";
import { childProgram } from "../child-program.ts";

const root = mkdtempSync(join(tmpdir(), "brevet-killed-"));
after(() => rmSync(root, { recursive: true, force: true }));

test("a process that is killed while it commits has kept every unit that it answered, and an unbroken chain", async () => {
  const file = join(root, "brevet.sqlite");
  const [program, ...words] = childProgram(join(import.meta.dirname, "commit-child.ts"));
  const child = spawn(program, [...words, file], { stdio: ["ignore", "pipe", "inherit"] });
  const exited = once(child, "exit");
  const answered: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    answered.push(line);
    if (answered.length === 500) child.kill("SIGKILL");
  }
  await exited;
  const database = await openSqlite(file);
  const kept = new Set((await database.read("SELECT name FROM setting")).map(({ name }) => name));
  const rows = await database.read("SELECT body, previous, digest FROM audit_row WHERE chain = 'chain' ORDER BY position");
  const [end] = await database.read("SELECT position, digest FROM audit_chain WHERE chain = 'chain'");
  await database.close();
  assert.ok(answered.length >= 500, `${answered.length} units were answered`);
  assert.deepEqual(
    answered.filter((name) => !kept.has(name)),
    [],
  );
  assert.equal(rows.length, kept.size);
  let digest = chainRoot("chain");
  for (const { body, previous, digest: own } of rows) {
    assert.equal(previous, digest);
    digest = rowDigest(digest, String(body));
    assert.equal(own, digest);
  }
  assert.deepEqual({ ...end }, { position: rows.length, digest });
});
