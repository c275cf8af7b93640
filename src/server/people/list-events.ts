import { readOwnJson } from "../../core/json-object.ts";
import { type AuditEvent, parseEventName } from "../audit/event.ts";
import { integer, type Reader, type SqlValue, text } from "../store/database.ts";
import { type Page, type PageWish, readPage } from "../store/page.ts";
import { emailsOf, findPersonNamed } from "./person.ts";

/** An event, where it stands in the log, and the people in it by name. */
export interface ListedEvent extends AuditEvent {
  readonly id: string;
  readonly at: number;
  /** The e-mail address of who did it; null for the server, for nobody who is known, and for who was removed. */
  readonly actorEmail: string | null;
  /** The person it was done to; null: to nobody. */
  readonly person: { readonly id: string; readonly email: string | null } | null;
}

/**
 * Events, newest first, for people who look for something. What proves that none is missing is the export.
 *
 * @param wanted `name`: of the event; `people`: ids of those who did it or to whom it was done.
 * @throws {Fault} `CURSOR_INVALID`; `NAME_INVALID` for an event that there is not
 */
export async function listEvents(
  reader: Reader,
  { name, people }: { readonly name?: string | undefined; readonly people?: readonly string[] | undefined },
  wish: PageWish,
): Promise<Page<ListedEvent>> {
  const where = [
    ...(name === undefined ? [] : [{ sql: "name = ?", values: [parseEventName(name)] }]),
    ...(people === undefined ? [] : [says(people.flatMap((id) => [["actor", id] as const, ["person", id] as const]))]),
  ];
  const from = "SELECT chain, position, at, body FROM audit_row";
  const { items, next } = await readPage(
    reader,
    { from, where, order: { at: "integer", chain: "text", position: "integer" }, direction: "DESC" },
    wish,
    (row) => {
      const event = readOwnJson<AuditEvent>(text(row, "body"));
      return { ...event, id: `${text(row, "chain")}:${integer(row, "position")}`, at: integer(row, "at") };
    },
  );
  const ids = items.flatMap((event) => [event.actor, personIn(event)]).filter((id) => id !== null);
  const emails = await emailsOf(reader, ids);
  const named = items.map((event): ListedEvent => {
    const id = personIn(event);
    const person = id === null ? null : { id, email: emails.get(id) ?? null };
    return { ...event, actorEmail: event.actor === null ? null : (emails.get(event.actor) ?? null), person };
  });
  return { items: named, next };
}

/**
 * The ids by which the log knows who has that e-mail address or id, or had it when they were removed: an address may have had more than
 * one person. Null for nobody.
 */
export async function findPeopleInLog(reader: Reader, wanted: string): Promise<readonly string[] | null> {
  const here = await findPersonNamed(reader, wanted);
  const { sql, values } = says([
    ["person", wanted],
    ["email", wanted.toLowerCase()],
  ]);
  const rows = await reader.read(`SELECT body FROM audit_row WHERE name = 'person.removed' AND ${sql}`, values);
  const gone = rows.map((row) => personIn(readOwnJson<AuditEvent>(text(row, "body"))));
  const ids = [here?.id ?? null, ...gone].filter((id) => id !== null);
  return ids.length === 0 ? null : ids;
}

function personIn({ details: { person } }: AuditEvent): string | null {
  return typeof person === "string" ? person : null;
}

/** That the body of a row has one of these members. It is JSON that this program wrote: no value can look like a member. */
function says(members: readonly (readonly [name: string, value: string])[]): {
  readonly sql: string;
  readonly values: readonly SqlValue[];
} {
  return {
    sql: `(${members.map(() => "body LIKE ? ESCAPE '!'").join(" OR ")})`,
    values: members.map(([name, value]) => `%"${name}":${JSON.stringify(value).replace(/[_%!]/g, "!$&")}%`),
  };
}
