import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { asFault, Fault } from "../core/fault.ts";
import type { EpochSeconds } from "../core/time.ts";
import { writing } from "../platform/file-faults.ts";
import { privateFiles } from "../platform/private-files.ts";
import { syncFolder } from "../platform/sync-folder.ts";
import { withCopyingLock } from "./copying-lock.ts";
import { readSettings, type SettingsOverrides } from "./settings/read-settings.ts";
import { runtimeConnections } from "./store/sqlite/driver.ts";
import { isFull, unavailable } from "./store/unavailable.ts";

/** A copy of a server's database. */
export interface Backup {
  readonly file: string;
  readonly bytes: number;
  /** Why the data folder does not say that it was made: a full disk there is a reason to make one elsewhere. */
  readonly unnoted: Fault | null;
}

/** The file with the time of the last backup, for `serve --check`: the database belongs to the server alone. */
const STAMP_FILE = "last-backup.json";

/**
 * Copies the embedded database as it is at one moment, while the server serves or without one. The copy is private to its owner; what is
 * private in it stays sealed, so the sealing key is not in it and has to be kept elsewhere.
 *
 * @throws {Fault} `BACKUP_UNFIT` for a server on PostgreSQL; `FILE_UNWRITABLE` where a file of that name is, or none can be made;
 * `DATABASE_UNAVAILABLE`, `LOCK_TIMEOUT`.
 */
export async function backupServer(
  dataFolder: string,
  overrides: SettingsOverrides,
  { file, now }: { readonly file: string; readonly now: EpochSeconds },
): Promise<Backup> {
  const { database } = readSettings(privateFiles(), dataFolder, overrides);
  if (database.kind === "postgres") {
    throw new Fault("BACKUP_UNFIT", "the server's database is PostgreSQL, which is backed up by its own tools", {
      hints: ["`pg_dump --format=custom --file=brevet.dump DATABASE-URL`, and a copy of seal.key"],
    });
  }
  if (!existsSync(database.file))
    throw new Fault("DATABASE_UNAVAILABLE", `there is no database in ${dataFolder} to copy`, {
      hints: ["name its folder: `--data DIR`"],
    });
  await withCopyingLock([dataFolder, dirname(file)], `backs up to ${file}`, () => copy(database.file, file));
  return { file, bytes: statSync(file).size, unnoted: note(dataFolder, { at: now, file }) };
}

function note(dataFolder: string, stamp: { readonly at: EpochSeconds; readonly file: string }): Fault | null {
  try {
    privateFiles().replace(join(dataFolder, STAMP_FILE), Buffer.from(`${JSON.stringify(stamp)}\n`));
    return null;
  } catch (cause) {
    return asFault(cause);
  }
}

async function copy(database: string, file: string): Promise<void> {
  const partial = `${file}.partial`;
  makePrivateFile(file, partial);
  try {
    const connection = (await runtimeConnections())(database, "read");
    try {
      connection.exec("PRAGMA busy_timeout = 5000");
      connection.all("VACUUM INTO ?", [partial]);
    } catch (cause) {
      if (isFull(cause)) throw new Fault("FILE_UNWRITABLE", `there is no room for ${file}`, { cause });
      throw unavailable(cause);
    } finally {
      connection.close();
    }
    makeLasting(partial, file);
  } catch (cause) {
    rmSync(partial, { force: true });
    throw cause;
  }
}

/** When the last backup was made by {@link backupServer}; null if none was. */
export function lastBackupAt(dataFolder: string): EpochSeconds | null {
  const bytes = privateFiles().read(join(dataFolder, STAMP_FILE));
  if (bytes === null) return null;
  try {
    const { at } = JSON.parse(new TextDecoder().decode(bytes)) as { readonly at?: unknown };
    return typeof at === "number" ? at : null;
  } catch {
    return null;
  }
}

/** SQLite copies into a file that is empty, and would make one that others can read. */
function makePrivateFile(file: string, partial: string): void {
  if (existsSync(file))
    throw new Fault("FILE_UNWRITABLE", `${file} is there already, and a backup replaces nothing`, {
      hints: ["name another file, or move that one away"],
    });
  writing(file, () => {
    rmSync(partial, { force: true });
    closeSync(openSync(partial, "wx", 0o600));
  });
}

function makeLasting(partial: string, file: string): void {
  const written = openSync(partial, "r+");
  try {
    fsyncSync(written);
  } finally {
    closeSync(written);
  }
  renameSync(partial, file);
  syncFolder(dirname(file));
}
