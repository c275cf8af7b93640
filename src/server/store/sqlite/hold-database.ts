import { textOf, utf8 } from "../../../core/bytes.ts";
import { Fault } from "../../../core/fault.ts";
import { type PrivateFiles, privateFiles } from "../../../platform/private-files.ts";
import { unavailable } from "../unavailable.ts";
import { isBusy, runtimeConnections } from "./driver.ts";

/**
 * Keeps every other server away from an embedded database: each remembers what it has read, so a second one would take for valid
 * what the first has ended. The lock is SQLite's own, on an empty file next to the database: the system releases it however the
 * process dies.
 *
 * @returns what releases it.
 * @throws {Fault} `SERVER_RUNNING`; `DATABASE_UNAVAILABLE`; `FILE_UNSAFE`
 */
export async function holdDatabase(file: string): Promise<() => void> {
  const lock = `${file}.lock`;
  const files = privateFiles();
  files.create(lock, new Uint8Array(), "lasting");
  const open = await runtimeConnections();
  const connection = open(lock, "write");
  try {
    connection.exec("BEGIN EXCLUSIVE");
  } catch (cause) {
    connection.close();
    if (!isBusy(cause)) throw unavailable(cause);
    throw new Fault("SERVER_RUNNING", `another login server runs on ${file}${holderIn(files, `${file}.pid`)}`, {
      cause,
      hints: [
        "stop that one first; several instances need PostgreSQL: `brevet serve … --database postgres://…`",
        "a server of another name begins with a folder of its own: `brevet serve … --data DIR`",
      ],
    });
  }
  noteHolder(files, `${file}.pid`);
  return () => {
    // First: libsql ends a connection only when its statements are collected.
    connection.exec("ROLLBACK");
    connection.close();
  };
}

/** A full disk leaves no note, not even of the former holder: no server fails to start for that. */
function noteHolder(files: Pick<PrivateFiles, "create" | "remove">, path: string): void {
  try {
    files.remove(path);
    files.create(path, utf8(String(process.pid)), "passing");
  } catch (cause) {
    if (!(cause instanceof Fault)) throw cause;
  }
}

/** The process that holds it, if it has noted itself by now: a person has to end it. */
function holderIn(files: Pick<PrivateFiles, "read">, path: string): string {
  const pid = textOf(files.read(path) ?? new Uint8Array());
  return /^\d{1,10}$/.test(pid) ? ` (process ${pid})` : "";
}
