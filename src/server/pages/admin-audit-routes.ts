import { Fault } from "../../core/fault.ts";
import { detailsInWords, second } from "../../wire/brevet-api/admin/in-words.ts";
import { AUDIT_EVENTS } from "../audit/event.ts";
import { listEvents } from "../audit/list-events.ts";
import type { Route } from "../http/route.ts";
import { emailsOf, findPersonNamed } from "../people/person.ts";
import { look, more, table } from "./administer.ts";
import { html } from "./html.ts";
import type { PageParts } from "./page-parts.ts";

const ROWS = 100;

/** The page of the audit log. */
export function adminAuditRoutes(parts: PageParts): readonly Route[] {
  return [
    look(parts, "/admin/audit", async (_visitor, { query }, unit) => {
      const [name, wanted] = [query.get("event") ?? "", query.get("person") ?? ""];
      const person = wanted === "" ? null : await findPersonNamed(unit, wanted);
      if (wanted !== "" && person === null) throw new Fault("RECORD_ABSENT", `there is no person "${wanted}"`);
      const filter = { name: name === "" ? undefined : name, actor: person?.id };
      const { items, next } = await listEvents(unit, filter, { cursor: query.get("cursor"), limit: ROWS });
      const emails = await emailsOf(
        unit,
        items.flatMap(({ actor }) => (actor === null ? [] : [actor])),
      );
      const rows = items.map(({ at, name, actor, address, details }) => {
        const who = actor === null ? "the server" : (emails.get(actor) ?? actor);
        return html`<tr><td class="at">${second(at)}</td><td title="${AUDIT_EVENTS[name] ?? ""}">${name}</td>
<td>${who}</td><td>${address ?? ""}</td><td class="details">${detailsInWords(details)}</td></tr>`;
      });
      const names = Object.keys(AUDIT_EVENTS).map((each) =>
        each === name ? html`<option selected>${each}</option>` : html`<option>${each}</option>`,
      );
      return html`<form method="get" action="/admin/audit"><label>Event<select name="event"><option value="">every one</option>${names}</select></label>
<label>By<input name="person" value="${wanted}" placeholder="alice@example.com" autocomplete="off"></label>
<button class="quiet">Show</button></form><p>That nothing is missing here is proved by an export: <code>brevet admin audit export</code>.</p>
${table("Events", ["At (UTC)", "Event", "By", "From", "Details"], rows)}${more("/admin/audit", { event: name, person: wanted }, next)}`;
    }),
  ];
}
