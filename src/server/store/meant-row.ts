import { Fault } from "../../core/fault.ts";
import { type Reader, type Row, type SqlValue, text } from "./database.ts";

/** The shortest beginning of an id that is accepted. */
const SHORTEST = 6;

const begins = (id: string): string => `SUBSTR(LTRIM(${id}, '-'), 1, ?) = ?`;

/** Rows from which people choose one by its id. */
export interface NamedRows {
  /** `SELECT … FROM …`; its column {@link id} is also called `id`. */
  readonly from: string;
  readonly where?: { readonly sql: string; readonly values: readonly SqlValue[] };
  readonly id: string;
  /** What a row is called in messages: `open link`. */
  readonly noun: string;
  /** The command that lists them. */
  readonly list: string;
}

/**
 * The row with an id, or with an id that begins like this (six characters or more). Dashes at the beginning of an id may be left out,
 * because on a command line they would look like a flag.
 *
 * @throws {Fault} `RECORD_ABSENT`; `RECORD_AMBIGUOUS`
 */
export async function findMeantRow(reader: Reader, rows: NamedRows, meant: string): Promise<Row> {
  const { from, where = { sql: "1 = 1", values: [] }, id, noun, list } = rows;
  const hints = [`those that there are, with their ids: \`${list}\``];
  const typed = meant.replace(/^-+/, "");
  const [sql, values] = typed.length < SHORTEST ? [`${id} = ?`, [meant]] : [begins(id), [typed.length, typed]];
  // No id contains any other character, and PostgreSQL accepts no NUL.
  const [row, another] = /^[\w-]+$/.test(meant)
    ? await reader.read(`${from} WHERE ${where.sql} AND ${sql} ORDER BY CASE ${id} WHEN ? THEN 0 ELSE 1 END LIMIT 2`, [
        ...where.values,
        ...values,
        meant,
      ])
    : [];
  if (row === undefined) throw new Fault("RECORD_ABSENT", `there is no ${noun} "${meant}"`, { hints });
  if (another === undefined || text(row, "id") === meant) return row;
  throw new Fault("RECORD_AMBIGUOUS", `several begin with "${meant}", and each is a ${noun}: type more of its id`, { hints });
}
