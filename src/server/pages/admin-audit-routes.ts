import { detailsInWords, second } from "../../wire/brevet-api/admin/in-words.ts";
import { AUDIT_EVENTS } from "../audit/event.ts";
import type { Route } from "../http/route.ts";
import { findPeopleInLog, type ListedEvent, listEvents } from "../people/list-events.ts";
import { look } from "./administer.ts";
import { type Html, html } from "./html.ts";
import type { PageParts } from "./page-parts.ts";
import { personFilter } from "./person-filter.ts";
import { type Cell, pager, ROWS, table } from "./table.ts";

const PATH = "/admin/audit";

/** The page of the audit log. */
export function adminAuditRoutes(parts: PageParts): readonly Route[] {
  return [
    look(parts, {
      path: PATH,
      content: async (_visitor, { query }, unit) => {
        const [event, cursor] = [query.get("event") ?? "", query.get("cursor")];
        const { wanted, found, unknown, field } = await personFilter(unit, query, findPeopleInLog);
        const filter = { name: event === "" ? undefined : event, people: found ?? undefined };
        const { items, next } =
          unknown === null ? await listEvents(unit, filter, { cursor, limit: ROWS }) : { items: [], next: null };
        const rows = items.map(eventRow);
        const part = { path: PATH, query: { event, person: wanted }, cursor, next };
        return html`<form class="fields" method="get" action="${PATH}"><label>Event<select name="event"><option value="">every one</option>
${eventOptions(event)}</select></label>${field("Person")}<button class="quiet">Show</button></form>${unknown}
${table("events", ["At (UTC)", "Event", "By", "From", "Details"], rows)}${pager("the log", part)}
<p class="soft">That nothing is missing here is proved by an export: <code>brevet admin audit export</code>.</p>`;
      },
    }),
  ];
}

function eventOptions(shown: string): readonly Html[] {
  return Object.keys(AUDIT_EVENTS).map((name) =>
    name === shown ? html`<option selected>${name}</option>` : html`<option>${name}</option>`,
  );
}

function eventRow({ at, name, actor, actorEmail, person, address, details }: ListedEvent): readonly Cell[] {
  const said = detailsInWords(details, person);
  const who = actor === null ? "the server" : (actorEmail ?? actor);
  return [
    html`<time>${second(at)}</time>`,
    html`<span class="short" title="${AUDIT_EVENTS[name] ?? ""}">${name}</span>`,
    who,
    address,
    said === "" ? null : html`<small>${said}</small>`,
  ];
}
