import { type Reader, type Row, text } from "../store/database.ts";
import { type Page, type PageWish, readPage } from "../store/page.ts";
import { PASSKEY_COLUMNS, type Passkey, passkeyOf } from "../webauthn/passkey.ts";

/** A key, as lists show one. */
export interface HeldPasskey extends Passkey {
  readonly holder: { readonly id: string; readonly email: string };
}

const HELD = `SELECT ${PASSKEY_COLUMNS}, person.email AS email FROM passkey JOIN person ON person.id = passkey.person`;

/** The keys of a person, or with null of everybody, oldest first. @throws {Fault} `CURSOR_INVALID` */
export async function listKeys(reader: Reader, person: string | null, wish: PageWish): Promise<Page<HeldPasskey>> {
  const where = person === null ? [] : [{ sql: "passkey.person = ?", values: [person] }];
  return readPage(reader, { from: HELD, where, order: { "passkey.made_at": "integer", "passkey.id": "text" } }, wish, heldOf);
}

/** A key by its id; null when nobody has it. */
export async function findHeldKey(reader: Reader, id: string): Promise<HeldPasskey | null> {
  const [row] = await reader.read(`${HELD} WHERE passkey.id = ?`, [id]);
  return row === undefined ? null : heldOf(row);
}

function heldOf(row: Row): HeldPasskey {
  return { ...passkeyOf(row), holder: { id: text(row, "person"), email: text(row, "email") } };
}
