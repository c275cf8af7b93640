import { Fault } from "../../core/fault.ts";

/** What a full disk, or a quota that is used up, is called: by SQLite in both runtimes, by PostgreSQL (`disk_full`), by the system. */
const FULL = new Set<unknown>(["SQLITE_FULL", "53100", "ENOSPC", "EDQUOT"]);

/** Whether something failed for want of room. */
export function isFull(cause: unknown): boolean {
  return FULL.has((cause as { readonly code?: unknown } | null)?.code);
}

/** PostgreSQL's codes for a transaction that was in conflict with another: `deadlock_detected`, `serialization_failure`. */
const CONFLICTS = new Set<unknown>(["40P01", "40001"]);

/** Whether a transaction failed by another instance's alone: nothing of it was kept, and done again it may succeed. */
export function isConflict(cause: unknown): boolean {
  return cause instanceof Fault && CONFLICTS.has((cause.cause as { readonly code?: unknown } | null | undefined)?.code);
}

/** The fault of a database that is full, cannot be reached or refuses a statement. Its own words may quote values. */
export function unavailable(cause: unknown): Fault {
  if (cause instanceof Fault) return cause;
  if (!isFull(cause)) return new Fault("DATABASE_UNAVAILABLE", "the server's database does not do what it was asked", { cause });
  return new Fault("DATABASE_FULL", "the disk of the server's database is full: nothing is kept until there is room on it", {
    cause,
    hints: ["make room, or take a larger disk: a server that runs goes on by itself"],
  });
}

/** Whether it is the database's trouble that something failed: it passes, and nothing was done by half. */
export function isUnavailable(cause: unknown): cause is Fault {
  return cause instanceof Fault && (cause.code === "DATABASE_UNAVAILABLE" || cause.code === "DATABASE_FULL");
}
