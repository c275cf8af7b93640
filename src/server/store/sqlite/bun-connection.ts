import { Database } from "bun:sqlite";
import type { Row } from "../database.ts";
import type { OpenConnection } from "./driver.ts";

/** A connection by the SQLite that Bun has in itself; `query` keeps each statement prepared. */
export const openBunConnection: OpenConnection = (file, access) => {
  const database = new Database(file, access === "read" ? { readonly: true } : { create: true, readwrite: true });
  return {
    exec: (sql) => database.exec(sql),
    all: (sql, values) => database.query(sql).all(...values) as readonly Row[],
    run: (sql, values) => database.query(sql).run(...values).changes,
    close: () => database.close(),
  };
};
