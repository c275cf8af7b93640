import type { EpochSeconds } from "../core/time.ts";
import type { Job } from "./maintenance.ts";
import type { Storage } from "./open-storage.ts";

/** Rows that one sweep removes at most, so that it holds nobody up. */
const SWEPT_AT_ONCE = 1000;

/**
 * How long what has ended is kept. Each instance judges by its own clock what has ended, so that to keep it costs room alone; a proof that
 * is swept while an instance still takes it could be used a second time.
 */
const SLACK_SECONDS = 3600;

/** What ends by itself and is not wanted any more, beside the provider's own. */
const TABLES = ["proof", "ceremony", "web_session", "upstream_attempt"];

/**
 * Sweeps what has ended, by the clock of the database: an instance whose own is fast must not take from the others what still counts.
 * A database that has none serves one instance.
 */
export function expiryJob(storage: Storage): Job {
  return {
    name: "expiry",
    everySeconds: 60,
    run: async (now) => sweep(storage, (await storage.clock()) ?? now),
  };
}

async function sweep(storage: Storage, now: EpochSeconds): Promise<void> {
  const unit = storage.openUnit();
  const before = now - SLACK_SECONDS;
  unit.write(
    `DELETE FROM artifact WHERE (kind, handle) IN
      (SELECT kind, handle FROM artifact WHERE expires_at IS NOT NULL AND expires_at < ? LIMIT ${SWEPT_AT_ONCE})`,
    [before],
  );
  for (const table of TABLES) unit.write(`DELETE FROM ${table} WHERE expires_at < ?`, [before]);
  unit.write("DELETE FROM rate WHERE period < ?", [now - 86_400]);
  await unit.commit();
}
