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
  const [row] = await reader.read("SELECT id, email, name, active FROM person WHERE id = ?", [id]);
  if (row === undefined || integer(row, "active") !== 1) return null;
  const groups = await reader.read("SELECT team FROM membership WHERE person = ? ORDER BY team", [id]);
  return {
    id: text(row, "id"),
    email: text(row, "email"),
    name: text(row, "name"),
    groups: groups.map((group) => text(group, "team")),
  };
}
