import assert from "node:assert/strict";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Fault } from "../../src/core/fault.ts";
import type { FaultCode } from "../../src/core/fault-codes.ts";
import { checkpointKey } from "../../src/server/audit/checkpoint.ts";
import { exportAudit } from "../../src/server/audit/export.ts";
import { pushJob } from "../../src/server/audit/push.ts";
import { verifyAudit } from "../../src/server/audit/verify.ts";
import { backupServer, lastBackupAt } from "../../src/server/backup.ts";
import { restoreServer } from "../../src/server/restore.ts";
import { runtimeConnections } from "../../src/server/store/sqlite/driver.ts";
import { ENDPOINTS } from "../../src/wire/brevet-api/endpoints.ts";
import { signInAtCli } from "./sign-in.ts";
import { startTrial, type TrialServer } from "./trial-server.ts";

let folder: string;
let trial: TrialServer;
before(async () => {
  folder = mkdtempSync(join(tmpdir(), "brevet-backup-"));
  trial = await startTrial();
  await trial.addPerson({ id: "p1", email: "alice@example.com" });
});
after(async () => {
  await trial.close();
  rmSync(folder, { recursive: true, force: true });
});

const code = (wanted: FaultCode) => (cause: unknown) => cause instanceof Fault && cause.code === wanted;
const now = (): number => trial.now();
const keyFile = (): string => join(trial.dataFolder, "seal.key");
const sealingKey = (file = keyFile()) => ({ key: readFileSync(file), keyFile: file });
let made = 0;
const backup = async (at = now()): Promise<string> => {
  made += 1;
  const file = join(folder, `${made}.sqlite`);
  await backupServer(trial.dataFolder, {}, { file, now: at });
  return file;
};

test("a backup made while the server writes is one moment of it, private, and whole after it was put back", async () => {
  await signInAtCli(trial, "p1");
  let writing = true;
  let written = 0;
  const writer = (async () => {
    for (; writing; written++) {
      const unit = trial.server.storage.openUnit();
      unit.write("INSERT INTO setting (name, value) VALUES (?, 'x')", [`written ${written}`]);
      unit.record({ name: "rules.changed", actor: null, client: null, address: null, details: { written } });
      await unit.commit();
    }
  })();
  const files: string[] = [];
  let asked = 0;
  for (let round = 0; round < 3; round++) {
    const before = written;
    asked = now();
    files.push(await backup(asked));
    while (written === before) await new Promise((turn) => setImmediate(turn));
  }
  writing = false;
  await writer;
  const [, , file = ""] = files;
  assert.equal(statSync(file).mode & 0o777, 0o600);
  assert.equal(lastBackupAt(trial.dataFolder), asked);
  const data = join(folder, "restored");
  mkdirSync(data, { mode: 0o755 });
  const { issuer, audit, closed } = await restoreServer(data, { file, ...sealingKey(), now });
  assert.equal(issuer, trial.url);
  assert.deepEqual([closed, statSync(data).mode & 0o777], [true, 0o700]);
  const copy = await startTrial({ dataFolder: data, settings: { issuer: trial.url } });
  try {
    const [row] = await copy.server.storage.read("SELECT COUNT(*) AS n FROM setting WHERE name LIKE 'written %'");
    const [event] = await copy.server.storage.read("SELECT COUNT(*) AS n FROM audit_row WHERE name = 'rules.changed'");
    assert.deepEqual(row, event, "a write came without its record, or a record without its write");
    const keys = await Promise.all(
      [trial.url, `http://localhost:${copy.server.port}`].map(async (url) => (await fetch(`${url}${ENDPOINTS.jwks}`)).text()),
    );
    assert.equal(keys[0], keys[1]);
    const sessions = await copy.server.storage.read("SELECT kind FROM artifact WHERE kind <> 'Client'");
    assert.deepEqual(sessions, [], "a session that may have been ended since is alive");
    const key = await checkpointKey(copy.server.storage);
    assert.ok(key !== null);
    const { lines } = await exportAudit(copy.server.storage, null, 1_000_000);
    const verified = await verifyAudit(lines, key);
    assert.ok(verified.rows > audit.rows);
    assert.ok(lines.some((line) => line.includes("server.restored")));
  } finally {
    await copy.stop();
  }
});

test("a destination that has rows of days that a restore undid is given the log anew, and has two whole exports", async () => {
  const destination = "https://siem.example.com/events";
  const received: string[] = [];
  const push = ({ storage }: TrialServer["server"]) =>
    pushJob({
      ...{ reader: storage, openUnit: storage.openUnit, destination },
      deliver: async (lines) => void received.push(...lines),
    });
  const happen = async (made: TrialServer, event: number): Promise<void> => {
    const unit = made.server.storage.openUnit();
    unit.record({ name: "rules.changed", actor: null, client: null, address: null, details: { event } });
    await unit.commit();
    await made.addCheckpoint();
    await push(made.server).run(now() + event * 100);
  };
  await happen(trial, 1);
  const file = await backup();
  await happen(trial, 2);
  const { cursor } = await exportAudit(trial.server.storage, null, 1_000_000);
  const data = join(folder, "of-before");
  await restoreServer(data, { file, ...sealingKey(), now });
  const copy = await startTrial({ dataFolder: data, settings: { issuer: trial.url } });
  try {
    await copy.addCheckpoint();
    await happen(copy, 3);
    const key = await checkpointKey(copy.server.storage);
    assert.ok(key !== null);
    const { earlier, rows } = await verifyAudit(received, key);
    const [row] = await copy.server.storage.read("SELECT COUNT(*) AS n FROM audit_row");
    assert.equal(rows, row?.["n"]);
    assert.equal(earlier.length, 1);
    // What was undone is in the first of them, and vouched for.
    assert.equal(earlier[0]?.rowsAfterCheckpoint, 0);
    assert.ok(received.some((line) => line.includes('\\"event\\":2')));
    // An administrator who went on with an export would skip what the server has written since.
    await assert.rejects(exportAudit(copy.server.storage, cursor, 10), code("CURSOR_INVALID"));
  } finally {
    await copy.stop();
  }
});

test("nothing is replaced: neither a file by a backup nor a server by a restore", async () => {
  const file = await backup();
  await assert.rejects(backupServer(trial.dataFolder, {}, { file, now: now() }), code("FILE_UNWRITABLE"));
  const nowhere = join(folder, "nowhere", "1.sqlite");
  await assert.rejects(backupServer(trial.dataFolder, {}, { file: nowhere, now: now() }), (cause) => {
    assert.ok(code("FILE_UNWRITABLE")(cause));
    return (cause as Fault).details["reason"] === "ENOENT";
  });
  const before = readFileSync(keyFile());
  await assert.rejects(restoreServer(trial.dataFolder, { file, ...sealingKey(), now }), code("SERVER_EXISTS"));
  assert.deepEqual(readFileSync(keyFile()), before);
  const lone = join(folder, "lone");
  cpSync(trial.dataFolder, lone, { recursive: true });
  rmSync(join(lone, "brevet.sqlite"));
  // What the server had not yet moved into its database: it would go into the one that is put back.
  assert.ok(statSync(join(lone, "brevet.sqlite-wal")).size > 0);
  await assert.rejects(restoreServer(lone, { file, ...sealingKey(), now }), code("SERVER_EXISTS"));
  rmSync(join(lone, "brevet.sqlite-wal"));
  writeFileSync(join(lone, "seal.key"), `${"A".repeat(43)}\n`);
  await assert.rejects(restoreServer(lone, { file, ...sealingKey(), now }), code("SERVER_EXISTS"));
});

test("a backup is made also where the data folder cannot note it", async () => {
  const stamp = join(trial.dataFolder, "last-backup.json");
  rmSync(stamp, { force: true });
  mkdirSync(stamp);
  const file = join(folder, "unnoted.sqlite");
  const { bytes, unnoted } = await backupServer(trial.dataFolder, {}, { file, now: now() });
  assert.deepEqual([unnoted?.code, statSync(file).size], ["FILE_UNSAFE", bytes]);
  rmSync(stamp, { recursive: true });
  assert.equal((await backupServer(trial.dataFolder, {}, { file: `${file}-2`, now: now() })).unnoted, null);
});

test("two at once neither replace nor break what the other makes", async () => {
  const oneIsRefused = (outcomes: readonly PromiseSettledResult<unknown>[], refusal: FaultCode): void => {
    const refused = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason as Fault] : []));
    assert.deepEqual(
      refused.map(({ code }) => code),
      [refusal],
    );
  };
  const file = join(folder, "by-two.sqlite");
  const backups = [1, 2].map(() => backupServer(trial.dataFolder, {}, { file, now: now() }));
  oneIsRefused(await Promise.allSettled(backups), "FILE_UNWRITABLE");
  assert.equal(statSync(file).mode & 0o777, 0o600);
  const data = join(folder, "of-two");
  const restores = [1, 2].map(() => restoreServer(data, { file, ...sealingKey(), now }));
  oneIsRefused(await Promise.allSettled(restores), "SERVER_EXISTS");
  assert.deepEqual(readdirSync(data).sort(), ["brevet.sqlite", "seal.key"]);
});

test("what is no whole backup of that server is not put back, and leaves nothing behind", async () => {
  const file = await backup();
  const refused = async (wanted: FaultCode, { from = file, key = keyFile() }): Promise<void> => {
    const data = join(folder, "refused");
    await assert.rejects(restoreServer(data, { file: from, ...sealingKey(key), now }), (cause) => {
      assert.ok(cause instanceof Fault);
      assert.equal(cause.code, wanted);
      assert.ok(cause.message.includes(from), cause.message);
      assert.equal(cause.message.includes(key), wanted === "SERVER_KEY_FOREIGN", cause.message);
      assert.notDeepEqual(cause.hints, []);
      return true;
    });
    assert.equal(existsSync(data), false);
  };
  const other = join(folder, "other.key");
  writeFileSync(other, `${Buffer.alloc(32, 7).toString("base64url")}\n`);
  await refused("SERVER_KEY_FOREIGN", { key: other });
  await refused("SERVER_KEY_FOREIGN", { key: file });
  await refused("FILE_UNREADABLE", { from: join(folder, "nowhere") });
  await refused("BACKUP_UNFIT", { from: folder });
  const bytes = readFileSync(file);
  const cut = join(folder, "cut.sqlite");
  writeFileSync(cut, bytes.subarray(0, Math.floor(bytes.length / 2)));
  await refused("BACKUP_UNFIT", { from: cut });
  writeFileSync(cut, "not a database, and long enough to be taken for one".repeat(100));
  await refused("BACKUP_UNFIT", { from: cut });
  writeFileSync(cut, "");
  await refused("BACKUP_UNFIT", { from: cut });
  const edited = join(folder, "edited.sqlite");
  cpSync(file, edited);
  const connection = (await runtimeConnections())(edited, "write");
  connection.exec("UPDATE audit_row SET body = replace(body, 'chain.opened', 'chain.closed')");
  connection.close();
  await refused("AUDIT_BROKEN", { from: edited });
});
