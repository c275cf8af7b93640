import type { ServerSettings } from "../settings/settings.ts";
import type { Database } from "./database.ts";

/** Opens the database that the settings name. @throws {Fault} `DATABASE_UNAVAILABLE` */
export async function openDatabase(settings: ServerSettings["database"]): Promise<Database> {
  if (settings.kind === "sqlite") return (await import("./sqlite/open-sqlite.ts")).openSqlite(settings.file);
  return (await import("./postgres/open-postgres.ts")).openPostgres(settings.url);
}
