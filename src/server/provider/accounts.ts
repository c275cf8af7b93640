import type { Reader } from "../store/database.ts";
import { integer, text } from "../store/database.ts";

/** A person as tokens name one. */
export interface Account {
  /** Opaque, and the same for ever. */
  readonly id: string;
  /** Lower case; it may change. */
  readonly email: string;
  readonly name: string;
  readonly groups: readonly string[];
}

/** An active person; null for one who is unknown or was deactivated, at once and on every instance. */
export async function findAccount(reader: Reader, id: string): Promise<Account | null> {
  const rows = await reader.read(
    "SELECT p.id, p.email, p.name, p.active, m.team FROM person p LEFT JOIN membership m ON m.person = p.id WHERE p.id = ? ORDER BY m.team",
    [id],
  );
  const [row] = rows;
  if (row === undefined || integer(row, "active") !== 1) return null;
  return {
    id: text(row, "id"),
    email: text(row, "email"),
    name: text(row, "name"),
    groups: rows.flatMap(({ team }) => (typeof team === "string" ? [team] : [])),
  };
}
