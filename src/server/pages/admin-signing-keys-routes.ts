import type { Route } from "../http/route.ts";
import { loadKeySet } from "../keys/key-set.ts";
import { listSigningKeys } from "../keys/list-signing-keys.ts";
import { ROTATION, revokeKey } from "../keys/rotate.ts";
import { rotateByHand } from "../keys/rotate-by-hand.ts";
import { change, look } from "./administer.ts";
import { html } from "./html.ts";
import { seeOther } from "./page.ts";
import type { PageParts } from "./page-parts.ts";
import { minute, onPart, pager, ROWS, table } from "./table.ts";

const PATH = "/admin/signing-keys";

/** What a state means, in words. */
const WORDS = {
  waiting: "published, and does not sign yet",
  signing: "signs",
  retired: "signs no more, is published until its last token has ended",
  withdrawn: "published no more",
  revoked: "revoked",
} as const;

/** The page of the keys that sign tokens. */
export function adminSigningKeysRoutes(parts: PageParts): readonly Route[] {
  const { now, seal, takeUpKeys } = parts;
  return [
    look(parts, {
      path: PATH,
      content: async ({ formField }, { query }, unit) => {
        const cursor = query.get("cursor");
        const { items, next } = await listSigningKeys(unit, { cursor, limit: ROWS }, now());
        const rows = items.map(({ kid, algorithm, state, signsFrom, retiredAt, revokedAt }) => {
          const published = state === "waiting" || state === "signing" || state === "retired";
          const revoke = html`<form method="post" action="${onPart(`${PATH}/${kid}/revoke`, query)}">${formField}
<button class="danger" aria-label="Revoke the ${algorithm} key ${kid}">Revoke</button></form>`;
          const short = html`<code title="${kid}">${kid.slice(0, 12)}…</code>`;
          return [short, algorithm, WORDS[state], minute(signsFrom), minute(revokedAt ?? retiredAt), published ? revoke : null];
        });
        return html`<p>New keys are published a day before they sign, so that every verifier has seen them. The server makes them by itself
every 90 days.</p><form method="post" action="${PATH}/rotate">${formField}<button>Publish new keys now</button></form>
<p>To revoke a key is for one that somebody else may have: what it signed is refused, and its successor signs at once, though some
verifiers may not have seen that one yet.</p>
${table("signing keys", ["Key", "Algorithm", "State", "Signs from (UTC)", "Until (UTC)", "Change"], rows)}${pager("signing keys", { path: PATH, cursor, next })}`;
      },
    }),
    change(parts, `${PATH}/rotate`, async ({ by }, _request, unit) => {
      await rotateByHand(unit, { seal, now: now(), aheadSeconds: ROTATION.aheadSeconds, by });
      await unit.commit();
      await takeUpKeys();
      return seeOther(PATH);
    }),
    change(parts, `${PATH}/:kid/revoke`, async ({ by }, { parameters, query }, unit) => {
      revokeKey(unit, await loadKeySet(unit, seal, now()), { kid: parameters["kid"] ?? "", now: now(), by });
      await unit.commit();
      await takeUpKeys();
      return seeOther(onPart(PATH, query));
    }),
  ];
}
