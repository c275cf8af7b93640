import { textOf } from "../../core/bytes.ts";
import { Fault } from "../../core/fault.ts";
import { decodeBase64url, encodeBase64url } from "../../wire/jwt/base64url.ts";
import type { Reader, Row, SqlValue } from "./database.ts";

/** A part of a list, and where the next one begins; null: there is none. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly next: string | null;
}

/** Which part of a list is wanted. */
export interface PageWish {
  /** What the last page gave; undefined: the first page. */
  readonly cursor: string | undefined;
  readonly limit: number;
}

/** A list in the database, and the columns by which it is in order, with what is in them: together they name one row. */
export interface List {
  /** `SELECT … FROM …` */
  readonly from: string;
  readonly where?: readonly { readonly sql: string; readonly values: readonly SqlValue[] }[];
  readonly order: Readonly<Record<string, "integer" | "text">>;
  readonly direction?: "ASC" | "DESC";
}

/**
 * Reads one page: what is added or removed elsewhere in the list meanwhile shifts nothing.
 *
 * @throws {Fault} `CURSOR_INVALID`
 */
export async function readPage<Item>(
  reader: Reader,
  { from, where = [], order, direction = "ASC" }: List,
  { cursor, limit }: PageWish,
  itemOf: (row: Row) => Item,
): Promise<Page<Item>> {
  const conditions = [...where];
  const columns = Object.keys(order);
  if (cursor !== undefined) {
    const places = columns.map(() => "?").join(", ");
    const sql = `(${columns.join(", ")}) ${direction === "ASC" ? ">" : "<"} (${places})`;
    conditions.push({ sql, values: parseCursor(cursor, order) });
  }
  const filter = conditions.length === 0 ? "" : ` WHERE ${conditions.map(({ sql }) => sql).join(" AND ")}`;
  const sorted = columns.map((column) => `${column} ${direction}`).join(", ");
  // One more than is given tells whether there is a next page.
  const rows = await reader.read(`${from}${filter} ORDER BY ${sorted} LIMIT ?`, [
    ...conditions.flatMap(({ values }) => values),
    limit + 1,
  ]);
  const last = rows[limit - 1];
  const more = rows.length > limit && last !== undefined;
  const names = columns.map((column) => column.slice(column.indexOf(".") + 1));
  return {
    items: rows.slice(0, limit).map(itemOf),
    next: more ? encodeBase64url(Buffer.from(JSON.stringify(names.map((name) => last[name] ?? null)))) : null,
  };
}

/** To PostgreSQL a value of the wrong type is an error of the server. */
function parseCursor(cursor: string, order: List["order"]): readonly SqlValue[] {
  const kinds = Object.values(order);
  try {
    const values = JSON.parse(textOf(decodeBase64url(cursor) ?? new Uint8Array())) as unknown;
    const isValue = (value: unknown, index: number): value is SqlValue =>
      kinds[index] === "integer" ? Number.isSafeInteger(value) : typeof value === "string" && !value.includes("\0");
    if (Array.isArray(values) && values.length === kinds.length && values.every(isValue)) return values;
  } catch {
    // Refused below, like any other text that is not a cursor.
  }
  throw new Fault("CURSOR_INVALID", "the cursor is none that an earlier page gave");
}
