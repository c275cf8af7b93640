import type { ServerSettings } from "../settings/settings.ts";
import type { Database, LookedAtDatabase } from "./database.ts";

/** Opens the database that the settings name. @throws {Fault} `DATABASE_UNAVAILABLE` */
export async function openDatabase(settings: ServerSettings["database"]): Promise<Database> {
  if (settings.kind === "sqlite") return (await import("./sqlite/open-sqlite.ts")).openSqlite(settings.file);
  return (await import("./postgres/open-postgres.ts")).openPostgres(settings.url);
}

/** Opens the existing database that the settings name, for reading only. @throws {Fault} `DATABASE_UNAVAILABLE` */
export async function lookAtDatabase(settings: ServerSettings["database"]): Promise<LookedAtDatabase> {
  if (settings.kind === "sqlite") return (await import("./sqlite/open-sqlite.ts")).lookAtSqlite(settings.file);
  return openDatabase(settings);
}
