import Database from "libsql";
import type { Row } from "../database.ts";
import type { OpenConnection } from "./driver.ts";

/** A connection by `libsql`, whose native part comes prebuilt from npm. */
export const openLibsqlConnection: OpenConnection = (file, access) => {
  const database = new Database(file, { readonly: access === "read" });
  const prepared = new Map<string, Database.Statement>();
  const statement = (sql: string): Database.Statement => {
    const known = prepared.get(sql);
    if (known !== undefined) return known;
    const made = database.prepare(sql);
    prepared.set(sql, made);
    return made;
  };
  return {
    exec: (sql) => void database.exec(sql),
    all: (sql, values) => statement(sql).all(values) as readonly Row[],
    run: (sql, values) => statement(sql).run(values).changes,
    close: () => void database.close(),
  };
};
