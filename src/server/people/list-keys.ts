import { type Reader, text } from "../store/database.ts";
import { type Page, type PageWish, readPage } from "../store/page.ts";
import { type Passkey, passkeyOf } from "../webauthn/passkey.ts";

/** A key, as lists show one. */
export interface HeldPasskey extends Passkey {
  readonly holder: { readonly id: string; readonly email: string };
}

/** The keys of a person, or with null of everybody, oldest first. @throws {Fault} `CURSOR_INVALID` */
export async function listKeys(reader: Reader, person: string | null, wish: PageWish): Promise<Page<HeldPasskey>> {
  const from = "SELECT passkey.*, person.email AS email FROM passkey JOIN person ON person.id = passkey.person";
  const where = person === null ? [] : [{ sql: "passkey.person = ?", values: [person] }];
  return readPage(reader, { from, where, order: ["passkey.made_at", "passkey.id"] }, wish, (row) => ({
    ...passkeyOf(row),
    holder: { id: text(row, "person"), email: text(row, "email") },
  }));
}
