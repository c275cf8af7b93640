import { type Reader, type Row, text } from "../store/database.ts";
import { findMeantRow } from "../store/meant-row.ts";
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

/** A key by its id, or the beginning of it. @throws {Fault} `RECORD_ABSENT`, `RECORD_AMBIGUOUS` */
export async function findHeldKey(reader: Reader, meant: string): Promise<HeldPasskey> {
  return heldOf(await findMeantRow(reader, { from: HELD, id: "passkey.id", noun: "key", list: "brevet admin keys list" }, meant));
}

function heldOf(row: Row): HeldPasskey {
  return { ...passkeyOf(row), holder: { id: text(row, "person"), email: text(row, "email") } };
}
