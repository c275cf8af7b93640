import { Fault } from "../../core/fault.ts";
import type { Route } from "../http/route.ts";
import { listKeys } from "../people/list-keys.ts";
import { findPersonNamed } from "../people/person.ts";
import { takeKey } from "../people/remove-key.ts";
import { findPasskey } from "../webauthn/passkey.ts";
import { change, look } from "./administer.ts";
import { html } from "./html.ts";
import { seeOther } from "./page.ts";
import { levelInWords, type PageParts } from "./page-parts.ts";
import { personFilter } from "./person-filter.ts";
import { chosen, minute, onPart, pager, ROWS, table } from "./table.ts";

const PATH = "/admin/keys";

/** The page of everybody's keys. */
export function adminKeysRoutes(parts: PageParts): readonly Route[] {
  return [
    look(parts, {
      path: PATH,
      content: async ({ formField }, { query }, unit) => {
        const cursor = query.get("cursor");
        const { wanted, found, unknown, field } = await personFilter(unit, query, findPersonNamed);
        const { items, next } =
          unknown === null ? await listKeys(unit, found?.id ?? null, { cursor, limit: ROWS }) : { items: [], next: null };
        const rows = items.map(({ id, name, holder, level, madeAt, usedAt }) => [
          holder.email,
          chosen(name),
          levelInWords(level),
          minute(madeAt),
          minute(usedAt) ?? "never",
          html`<form method="post" action="${onPart(`${PATH}/${encodeURIComponent(id)}/take`, query)}">${formField}
<button class="danger" aria-label="Remove ${name} of ${holder.email}">Remove</button></form>`,
        ]);
        return html`<form class="fields" method="get" action="${PATH}">${field("Only of")}<button class="quiet">Show</button></form>${unknown}
${table("keys", ["Person", "Name", "Kind", "Added (UTC)", "Last used (UTC)", "Change"], rows)}
${pager("keys", { path: PATH, query: { person: wanted }, cursor, next })}
<p class="soft">Removing a key ends every session of its person. If it was the only one, they have to be let in without a key.</p>`;
      },
    }),
    change(parts, `${PATH}/:key/take`, async ({ by }, { parameters, query }, unit) => {
      const key = await findPasskey(unit, parameters["key"] ?? "");
      if (key === null) throw new Fault("RECORD_ABSENT", "this key is gone already");
      takeKey(unit, key, by);
      return seeOther(onPart(PATH, query));
    }),
  ];
}
