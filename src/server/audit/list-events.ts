import { readOwnJson } from "../../core/json-object.ts";
import { integer, type Reader, text } from "../store/database.ts";
import { type Page, type PageWish, readPage } from "../store/page.ts";
import { type AuditEvent, parseEventName } from "./event.ts";

/** An event, where it stands in the log. */
export interface ListedEvent extends AuditEvent {
  readonly id: string;
  readonly at: number;
}

/**
 * Events, newest first, for people who look for something. What proves that none is missing is the export.
 *
 * @throws {Fault} `CURSOR_INVALID`; `NAME_INVALID` for an event that there is not
 */
export async function listEvents(
  reader: Reader,
  { name, actor }: { readonly name?: string | undefined; readonly actor?: string | undefined },
  wish: PageWish,
): Promise<Page<ListedEvent>> {
  const where = [
    ...(name === undefined ? [] : [{ sql: "name = ?", values: [parseEventName(name)] }]),
    // The body is JSON that this program wrote; an id has no character that JSON or LIKE would read otherwise, but for `_`.
    ...(actor === undefined
      ? []
      : [{ sql: "body LIKE ? ESCAPE '!'", values: [`%"actor":"${actor.replace(/[_%!]/g, "!$&")}"%`] }]),
  ];
  const from = "SELECT chain, position, at, body FROM audit_row";
  return readPage(
    reader,
    { from, where, order: { at: "integer", chain: "text", position: "integer" }, direction: "DESC" },
    wish,
    (row) => {
      const event = readOwnJson<AuditEvent>(text(row, "body"));
      return { ...event, id: `${text(row, "chain")}:${integer(row, "position")}`, at: integer(row, "at") };
    },
  );
}
