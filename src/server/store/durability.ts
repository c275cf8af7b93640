import { statfsSync } from "node:fs";
import type { Durability } from "../../core/server-state.ts";
import type { EpochSeconds } from "../../core/time.ts";
import type { ServerSettings } from "../settings/settings.ts";
import { clockAhead } from "./clock-ahead.ts";
import { integer, type LookedAtDatabase, type Row, text } from "./database.ts";

/** Linux's numbers of file systems (`statfs(2)`): those that end with the machine, and those on which locks are not what SQLite needs. */
const MEMORY = new Set([0x01021994, 0x858458f6]);
const NETWORK = new Set([0x6969, 0xff534d42, 0xfe534d42, 0x517b, 0x01021997, 0x5346414f, 0x00c36400]);

/** Asks an open database. @throws {Fault} `DATABASE_UNAVAILABLE` */
export async function durabilityOf(
  database: LookedAtDatabase,
  settings: ServerSettings["database"],
  now: () => EpochSeconds,
): Promise<Durability> {
  if (settings.kind === "sqlite") {
    const { type, bavail, bsize } = statfsSync(settings.file);
    const unfit = MEMORY.has(type >>> 0) ? "memory" : NETWORK.has(type >>> 0) ? "network" : null;
    return { kind: "sqlite", unfit: process.platform === "linux" ? unfit : null, freeBytes: bavail * bsize };
  }
  const [row] = await database.read(
    `SELECT current_setting('server_version') AS version, current_setting('fsync') AS fsync,
      current_setting('full_page_writes') AS full_page_writes, CAST(pg_is_in_recovery() AS int) AS replica,
      host(inet_server_addr()) AS address,
      COALESCE((SELECT CAST(ssl AS int) FROM pg_stat_ssl WHERE pid = pg_backend_pid()), 0) AS tls`,
  );
  if (row === undefined) throw new TypeError("PostgreSQL said nothing of itself");
  const address = row["address"];
  return {
    kind: "postgres",
    version: text(row, "version"),
    off: ["fsync", "full_page_writes"].filter((name) => row[name] !== "on"),
    isReplica: integer(row, "replica") === 1,
    isOpenOnTheWay: isOpen(row, typeof address === "string" ? address : null),
    aheadSeconds: -(await clockAhead(database, now)),
  };
}

function isOpen(row: Row, address: string | null): boolean {
  return integer(row, "tls") === 0 && address !== null && !/^(127\.|::1$)/.test(address);
}
