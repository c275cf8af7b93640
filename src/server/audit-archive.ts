import { existsSync } from "node:fs";
import { Fault } from "../core/fault.ts";
import type { PublicJwk } from "../core/signer.ts";
import { privateFiles } from "../platform/private-files.ts";
import { checkpointKey } from "./audit/checkpoint.ts";
import { exportAudit } from "./audit/export.ts";
import { requireVouched, type VerifiedAudit, verifyAudit } from "./audit/verify.ts";
import { readSettings, type SettingsOverrides } from "./settings/read-settings.ts";
import type { LookedAtDatabase } from "./store/database.ts";
import { lookAtDatabase } from "./store/open-database.ts";

/** Rows of one page: few enough for memory, many enough for one read. */
const PAGE_ROWS = 1000;

/**
 * Hands out the audit log of a server's database, whether the server runs or not.
 *
 * @param page is given the lines and the cursor behind them, page by page.
 * @throws {Fault} `CURSOR_INVALID`, `DATABASE_UNAVAILABLE`
 */
export async function exportArchive(
  dataFolder: string,
  overrides: SettingsOverrides,
  cursor: string | null,
  page: (lines: readonly string[], cursor: string) => void,
): Promise<void> {
  const database = await openExisting(dataFolder, overrides);
  try {
    for (let next = cursor; ; ) {
      const read = await exportAudit(database, next, PAGE_ROWS);
      if (read.lines.length === 0) return;
      page(read.lines, read.cursor);
      next = read.cursor;
    }
  } finally {
    await database.close();
  }
}

/** The public key of the checkpoints, as a JWK. @throws {Fault} `KEY_ABSENT` before the server's first start. */
export async function archiveKey(dataFolder: string, overrides: SettingsOverrides): Promise<PublicJwk> {
  const database = await openExisting(dataFolder, overrides);
  try {
    const key = await checkpointKey(database);
    if (key === null) throw new Fault("KEY_ABSENT", `the server in ${dataFolder} was never started, so it has no audit log`);
    return key;
  } finally {
    await database.close();
  }
}

/** To look at what is not there would make an empty database of it. */
async function openExisting(dataFolder: string, overrides: SettingsOverrides): Promise<LookedAtDatabase> {
  const { database } = readSettings(privateFiles(), dataFolder, overrides);
  if (database.kind === "sqlite" && !existsSync(database.file)) {
    throw new Fault("DATABASE_UNAVAILABLE", `there is no login server's database in ${dataFolder}`, {
      hints: ["name its folder: `--data DIR`"],
    });
  }
  return lookAtDatabase(database);
}

/**
 * Verifies an export.
 *
 * @param key as {@link archiveKey} gave it.
 * @throws {Fault} `AUDIT_BROKEN`, `AUDIT_EMPTY`, `AUDIT_UNVOUCHED`
 */
export async function verifyArchive(lines: Iterable<string>, key: PublicJwk): Promise<VerifiedAudit> {
  const found = await verifyAudit(lines, key);
  requireVouched(found);
  return found;
}
