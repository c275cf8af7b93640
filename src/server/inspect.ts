import { existsSync } from "node:fs";
import { Fault } from "../core/fault.ts";
import type { ServerState } from "../core/server-state.ts";
import type { EpochSeconds } from "../core/time.ts";
import { privateFiles } from "../platform/private-files.ts";
import { readCut } from "./audit/cut.ts";
import { lastBackupAt } from "./backup.ts";
import { loadKeySet } from "./keys/key-set.ts";
import { openSeal } from "./keys/seal.ts";
import { ableAdministrators } from "./people/last-administrator.ts";
import { readSettings, type SettingsOverrides } from "./settings/read-settings.ts";
import type { ServerSettings } from "./settings/settings.ts";
import { type Reader, text } from "./store/database.ts";
import { durabilityOf } from "./store/durability.ts";
import { lookAtDatabase } from "./store/open-database.ts";

/** What a server's data folder and database say, next to the running server or without one. Nothing is made or changed. */
export interface InspectedServer {
  readonly settings: ServerSettings;
  /** Null before the first start. @throws {Fault} of the database, the sealing key and the keys. */
  state(): Promise<ServerState | null>;
}

/** Looks at the server of a data folder, under the name of its first start where no other is given. @throws {Fault} of the settings. */
export async function inspectServer(
  dataFolder: string,
  overrides: SettingsOverrides,
  now: () => EpochSeconds,
): Promise<InspectedServer> {
  const files = privateFiles();
  const looked = readState(readSettings(files, dataFolder, overrides), now);
  const issuer = await looked.then(
    (found) => found?.issuer ?? null,
    () => null,
  );
  const settings = readSettings(files, dataFolder, overrides, issuer === null ? {} : { issuer });
  return { settings, state: () => looked };
}

async function readState(settings: ServerSettings, now: () => EpochSeconds): Promise<ServerState | null> {
  if (settings.database.kind === "sqlite" && !existsSync(settings.database.file)) return null;
  const database = await lookAtDatabase(settings.database);
  try {
    const seal = openSeal(privateFiles(), settings.dataFolder, () => false);
    const keys = await loadKeySet(database, seal, now());
    const [row] = await database.read("SELECT value FROM setting WHERE name = 'issuer'");
    return {
      issuer: row === undefined ? null : text(row, "value"),
      durability: await durabilityOf(database, settings.database, now),
      keys: (["ES256", "RS256"] as const).map((algorithm) => keys.signing(algorithm)),
      auditProblem: await auditProblem(database),
      administrators: await ableAdministrators(database),
      lastBackupAt: lastBackupAt(settings.dataFolder),
    };
  } finally {
    await database.close();
  }
}

async function auditProblem(reader: Reader): Promise<string | null> {
  try {
    await readCut(reader);
    return null;
  } catch (cause) {
    if (!(cause instanceof Fault && cause.code === "AUDIT_BROKEN")) throw cause;
    return cause.message;
  }
}
