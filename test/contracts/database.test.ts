import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { openSqlite } from "../../src/server/store/sqlite/open-sqlite.ts";
import { databaseContract } from "./database.ts";

const folder = mkdtempSync(join(tmpdir(), "brevet-sqlite-"));
after(() => rmSync(folder, { recursive: true, force: true }));

databaseContract("sqlite", async () => ({ open: () => openSqlite(join(folder, "database")) }));
