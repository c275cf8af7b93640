import { Fault } from "../../core/fault.ts";
import type { Route } from "../http/route.ts";
import { listKeys } from "../people/list-keys.ts";
import { findPersonNamed } from "../people/person.ts";
import { takeKey } from "../people/remove-key.ts";
import { findPasskey } from "../webauthn/passkey.ts";
import { change, look, minute, more, table } from "./administer.ts";
import { html } from "./html.ts";
import { seeOther } from "./page.ts";
import type { PageParts } from "./page-parts.ts";

const ROWS = 100;

/** The page of everybody's keys. */
export function adminKeysRoutes(parts: PageParts): readonly Route[] {
  return [
    look(parts, "/admin/keys", async ({ formField }, { query }, unit) => {
      const wanted = query.get("person") ?? "";
      const person = wanted === "" ? null : await findPersonNamed(unit, wanted);
      if (wanted !== "" && person === null) throw new Fault("RECORD_ABSENT", `there is no person "${wanted}"`);
      const { items, next } = await listKeys(unit, person?.id ?? null, { cursor: query.get("cursor"), limit: ROWS });
      const rows = items.map(
        ({ id, name, holder, level, madeAt, usedAt }) => html`<tr><td>${holder.email}</td><td>${name}</td><td>${level}</td>
<td>${minute(madeAt)}</td><td>${usedAt === null ? "never" : minute(usedAt)}</td><td>
<form method="post" action="/admin/keys/${encodeURIComponent(id)}/take">${formField}
<button class="danger" aria-label="Take ${name} from ${holder.email}">Take away</button></form></td></tr>`,
      );
      return html`<form method="get" action="/admin/keys"><label>Only of
<input name="person" value="${wanted}" placeholder="alice@example.com" autocomplete="off"></label><button class="quiet">Show</button></form>
<p>To take a key away ends every session of its person. Who has no other one needs to be let in without a key.</p>
${table("Keys", ["Person", "Name", "Kind", "Added (UTC)", "Last used (UTC)", "Change"], rows)}${more("/admin/keys", { person: wanted }, next)}`;
    }),
    change(parts, "/admin/keys/:key/take", async ({ by }, { parameters }, unit) => {
      const key = await findPasskey(unit, parameters["key"] ?? "");
      if (key === null) throw new Fault("RECORD_ABSENT", "this key is gone already");
      takeKey(unit, key, by);
      return seeOther("/admin/keys");
    }),
  ];
}
