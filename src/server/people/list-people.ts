import { integer, type Reader, text } from "../store/database.ts";
import { type Page, type PageWish, readPage } from "../store/page.ts";
import { groupsOf, type Person, personOf } from "./person.ts";

/** A person, as lists show one. */
export interface ListedPerson extends Person {
  readonly groups: readonly string[];
  /** How many keys they can sign in with. */
  readonly keys: number;
}

const FROM = `SELECT id, email, name, active, made_at, (SELECT COUNT(*) FROM passkey WHERE passkey.person = person.id) AS held
  FROM person`;

/** Which people are listed. */
export interface PeopleFilter {
  readonly email?: string | undefined;
  readonly group?: string | undefined;
  /** A part of their name or address, in capitals or not. Default: everybody. */
  readonly like?: string | undefined;
}

/** People by their e-mail addresses. @throws {Fault} `CURSOR_INVALID` */
export async function listPeople(
  reader: Reader,
  { email, group, like = "" }: PeopleFilter,
  wish: PageWish,
): Promise<Page<ListedPerson>> {
  const where = [
    ...(email === undefined ? [] : [{ sql: "email = ?", values: [email] }]),
    ...(group === undefined ? [] : [{ sql: "id IN (SELECT person FROM membership WHERE team = ?)", values: [group] }]),
    ...(like === "" ? [] : [{ sql: LIKE, values: [part(like), part(like)] }]),
  ];
  const page = await readPage(reader, { from: FROM, where, order: { email: "text" } }, wish, (row) => ({
    ...personOf(row),
    keys: integer(row, "held"),
  }));
  const groups = await groupsOfAll(
    reader,
    page.items.map(({ id }) => id),
  );
  return { ...page, items: page.items.map((person) => ({ ...person, groups: groups.get(person.id) ?? [] })) };
}

/** Both sides by the database's own idea of small letters: SQLite's ends with ASCII. */
const LIKE = "(LOWER(email) LIKE LOWER(CAST(? AS TEXT)) ESCAPE '!' OR LOWER(name) LIKE LOWER(CAST(? AS TEXT)) ESCAPE '!')";

/** A pattern for what has that in it. No name has control characters, and PostgreSQL takes no NUL. */
function part(text: string): string {
  return `%${text.replace(/\p{Cc}/gu, " ").replace(/[%_!]/g, "!$&")}%`;
}

/** A person with what lists show of one. */
export async function describePerson(reader: Reader, person: Person): Promise<ListedPerson> {
  const [row] = await reader.read("SELECT COUNT(*) AS held FROM passkey WHERE person = ?", [person.id]);
  return { ...person, groups: await groupsOf(reader, person.id), keys: row === undefined ? 0 : integer(row, "held") };
}

async function groupsOfAll(reader: Reader, people: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>> {
  const found = new Map<string, string[]>();
  if (people.length === 0) return found;
  const places = people.map(() => "?").join(", ");
  for (const row of await reader.read(`SELECT person, team FROM membership WHERE person IN (${places}) ORDER BY team`, people)) {
    const groups = found.get(text(row, "person")) ?? [];
    found.set(text(row, "person"), [...groups, text(row, "team")]);
  }
  return found;
}
