import { chmodSync, copyFileSync, existsSync, readdirSync, renameSync, rmdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { Fault } from "../core/fault.ts";
import type { EpochSeconds } from "../core/time.ts";
import { reading, writing } from "../platform/file-faults.ts";
import { withPlainFile } from "../platform/plain-file.ts";
import { privateFiles } from "../platform/private-files.ts";
import { checkpointKey } from "./audit/checkpoint.ts";
import { exportAudit } from "./audit/export.ts";
import { type VerifiedAudit, verifyAudit } from "./audit/verify.ts";
import { withCopyingLock } from "./copying-lock.ts";
import { loadKeySet } from "./keys/key-set.ts";
import { readSeal, SEAL_FILE } from "./keys/seal.ts";
import { openStorage, type Storage } from "./open-storage.ts";
import { readSettings } from "./settings/read-settings.ts";
import type { ServerSettings } from "./settings/settings.ts";
import { type Reader, text } from "./store/database.ts";
import { runtimeConnections } from "./store/sqlite/driver.ts";

/** A database that was put back. */
export interface Restored {
  readonly issuer: string;
  readonly audit: VerifiedAudit;
  /** Whether the folder was there and open to others, and is its owner's alone now. */
  readonly closed: boolean;
}

/** What to put back, and with which key. */
export interface RestoreWish {
  /** What `brevet serve backup` made. */
  readonly file: string;
  /** What the file with the sealing key of that server holds. */
  readonly key: Buffer;
  /** The file's name, for messages. */
  readonly keyFile: string;
  readonly now: () => EpochSeconds;
}

/** Which key it has to be: said when none was read, and when another one was. */
export const KEY_HINT = `the sealing key is the file ${SEAL_FILE} from that server's data folder, or a copy of it`;

const BACKUP_HINTS = ["name what `brevet serve backup` made; an earlier one may be whole"];

const PAGE_ROWS = 1000;

/**
 * What a backup brings back to life though it may have been ended since: sessions, codes, links, ceremonies. Clients stay. Also
 * how far destinations had the log: they have rows that this server no longer knows, and get it again.
 */
const ENDED: readonly string[] = [
  "DELETE FROM artifact WHERE kind NOT IN ('Client', 'RegistrationAccessToken', 'InitialAccessToken')",
  "DELETE FROM web_session",
  "DELETE FROM invite",
  "DELETE FROM recovery",
  "DELETE FROM recovery_code",
  "DELETE FROM ceremony",
  "DELETE FROM setting WHERE name LIKE 'audit-push-cursor %'",
];

/**
 * Makes a data folder from a backup and its sealing key. The copy is judged before anything is there: it is whole, the key opens its
 * signing keys, and its audit log verifies. Every session, link and recovery code in it is ended, because it may have been ended or used
 * since the backup was made, and that is recorded.
 *
 * A run that is stopped leaves no server behind, and can be made again.
 *
 * @throws {Fault} `SERVER_EXISTS` for a folder that holds a server; `BACKUP_UNFIT`, `SERVER_KEY_FOREIGN`, `AUDIT_BROKEN`, `DATABASE_NEWER`,
 * `LOCK_TIMEOUT`; `DATABASE_UNAVAILABLE` without SQLite's library.
 */
export async function restoreServer(dataFolder: string, wish: RestoreWish): Promise<Restored> {
  const { file, key } = wish;
  const files = privateFiles();
  const settings = readSettings(files, dataFolder, {});
  if (settings.database.kind !== "sqlite") {
    throw unfit(file, `is SQLite, and ${dataFolder} says that the database is PostgreSQL`, ["name another folder: `--data DIR`"]);
  }
  const target = settings.database.file;
  requireEmpty(dataFolder, target, key);
  // What opens the copy is there, so that what cannot be opened is no backup.
  await runtimeConnections();
  const made = !existsSync(dataFolder);
  files.ensureFolder(dataFolder);
  const closed = (statSync(dataFolder).mode & 0o077) !== 0;
  if (closed) chmodSync(dataFolder, 0o700);
  try {
    return await withCopyingLock([dataFolder], `restores ${file}`, async () => {
      // Another run may have made one meanwhile.
      requireEmpty(dataFolder, target, key);
      return { ...(await putBack(settings, target, { dataFolder, ...wish })), closed };
    });
  } finally {
    if (made) removeEmpty(dataFolder);
  }
}

async function putBack(
  settings: ServerSettings,
  target: string,
  wish: RestoreWish & { readonly dataFolder: string },
): Promise<Omit<Restored, "closed">> {
  const { file, key, dataFolder } = wish;
  const files = privateFiles();
  const staged = join(dataFolder, "restoring.sqlite");
  try {
    files.remove(staged);
    files.create(staged, new Uint8Array(), "lasting");
    copy(file, staged);
    const restored = await judge({ ...settings, database: { kind: "sqlite", file: staged } }, wish).catch((cause: unknown) => {
      throw namingFiles(cause, wish);
    });
    if ((statSync(`${staged}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0)
      throw unfit(file, "is held open by another program", [
        "end that program, or make another backup: `brevet serve backup FILE`",
      ]);
    files.create(join(dataFolder, SEAL_FILE), key, "lasting");
    // Last: only now is there a server.
    renameSync(staged, target);
    return restored;
  } finally {
    for (const end of ["", "-wal", "-shm"]) rmSync(`${staged}${end}`, { force: true });
  }
}

async function judge(settings: ServerSettings, { file, key, keyFile, now }: RestoreWish): Promise<Omit<Restored, "closed">> {
  const storage = await openCopy(settings, file, now);
  try {
    const publicKey = await checkpointKey(storage);
    const [row] = await storage.read("SELECT value FROM setting WHERE name = 'issuer'");
    if (publicKey === null || row === undefined) throw unfit(file, "holds no server that was ever started");
    const issuer = text(row, "value");
    await loadKeySet(storage, readSeal(key, keyFile), now());
    const audit = await verifyAudit(allLines(storage), publicKey);
    const unit = storage.openUnit();
    for (const statement of ENDED) unit.write(statement, []);
    unit.record({ name: "server.restored", actor: null, client: null, address: null, details: { rows: audit.rows } });
    await unit.commit();
    return { issuer, audit };
  } finally {
    await storage.close();
  }
}

/** Opens the copy, once SQLite itself finds nothing wrong with it. */
async function openCopy(settings: ServerSettings, file: string, now: () => EpochSeconds): Promise<Storage> {
  let storage: Storage;
  try {
    storage = await openStorage(settings, now);
  } catch (cause) {
    if (cause instanceof Fault && cause.code !== "DATABASE_UNAVAILABLE") throw cause;
    throw unfit(file, "is no backup of a login server", BACKUP_HINTS, cause);
  }
  const [found] = await storage.read("PRAGMA integrity_check").catch((cause: unknown) => [{ integrity_check: String(cause) }]);
  if (found?.["integrity_check"] === "ok") return storage;
  await storage.close().catch(() => undefined);
  throw unfit(file, "is damaged");
}

async function* allLines(reader: Reader): AsyncGenerator<string> {
  for (let cursor: string | null = null; ; ) {
    const page = await exportAudit(reader, cursor, PAGE_ROWS);
    if (page.lines.length === 0) return;
    yield* page.lines;
    cursor = page.cursor;
  }
}

function requireEmpty(dataFolder: string, target: string, key: Buffer): void {
  const present = privateFiles().read(join(dataFolder, SEAL_FILE));
  // A write-ahead log outlives a server that was killed: SQLite would write it into whatever database comes to lie beside it.
  const isFree = [target, `${target}-wal`].every((path) => !existsSync(path));
  if (isFree && (present === null || key.equals(present))) return;
  throw new Fault("SERVER_EXISTS", `${dataFolder} holds a login server, and nothing of it is replaced`, {
    hints: ["stop that server and move its folder away first, or name another: `--data DIR`"],
  });
}

/** What a run that failed has made; a folder that holds a server is not empty. */
function removeEmpty(folder: string): void {
  if (readdirSync(folder).length === 0) rmdirSync(folder);
}

function copy(from: string, to: string): void {
  const isFolder = reading(from, () => withPlainFile(from, ({ facts }) => facts.kind === "folder"));
  if (isFolder) throw unfit(from, "is a folder");
  writing(to, () => {
    copyFileSync(from, to);
    // The copy has the mode of the backup, which may have lain where others read it.
    chmodSync(to, 0o600);
  });
}

function unfit(file: string, why: string, hints: readonly string[] = BACKUP_HINTS, cause?: unknown): Fault {
  return new Fault("BACKUP_UNFIT", `${file} ${why}`, { hints, cause });
}

/** The fault of a copy that was refused, by the names of the files that the person gave: neither is in place yet. */
function namingFiles(cause: unknown, { file, keyFile }: RestoreWish): unknown {
  if (!(cause instanceof Fault)) return cause;
  if (cause.code === "AUDIT_BROKEN") return cause.told({ message: `${file}: ${cause.message}`, hints: BACKUP_HINTS });
  if (cause.code !== "SERVER_KEY_FOREIGN") return cause;
  return cause.told({ message: `${keyFile} does not open what is sealed in ${file}`, hints: [KEY_HINT] });
}
