import type { EpochSeconds } from "../../core/time.ts";
import { second } from "../../wire/brevet-api/admin/in-words.ts";
import { SESSION_PLACES } from "../../wire/brevet-api/admin/sessions.ts";
import type { Author } from "../audit/event.ts";
import type { Route, ServerRequest } from "../http/route.ts";
import { endSession, type HeldSession, listSessions, signOut } from "../people/sessions.ts";
import { isFresh } from "../people/web-session.ts";
import { nameOf } from "../provider/client-name.ts";
import type { Unit } from "../store/unit.ts";
import { type Html, html } from "./html.ts";
import { seeOther } from "./page.ts";
import type { PageParts } from "./page-parts.ts";
import { signedIn, type Visitor } from "./signed-in.ts";
import { type Cell, chosen, minute, onPart, pager, ROWS, table } from "./table.ts";
import { useKeyAgain } from "./use-key-again.ts";
import { pageRoute } from "./visitor.ts";

const PATH = "/account/sessions";

/** The list of a person's own sessions, each with the way to end it. */
export async function ownSessions(visitor: Visitor, query: ServerRequest["query"], unit: Unit, now: EpochSeconds): Promise<Html> {
  const cursor = query.get("cursor");
  const { items, next } = await listSessions(unit, visitor.person.id, { cursor, limit: ROWS }, now);
  const rows = items.map((session) => rowOf(session, visitor, query));
  return html`${table("sessions", ["Where", "Signed in (UTC)", "Last used (UTC)", "From", "Until (UTC)", "Change"], rows)}
${pager("sessions", { path: "/account", cursor, next })}
<form method="post" action="${PATH}/end-others">${visitor.formField}<button class="danger">Sign out everywhere else</button></form>`;
}

function rowOf(
  { id, kind, client, signedInAt, usedAt, usedFrom, expiresAt }: HeldSession,
  visitor: Visitor,
  query: ServerRequest["query"],
): readonly Cell[] {
  const name = client === null ? null : nameOf({ clientId: client.id, clientName: client.name ?? undefined });
  const where = name ?? SESSION_PLACES[kind];
  const end = html`<form method="post" action="${onPart(`${PATH}/${encodeURIComponent(id)}/end`, query)}">${visitor.formField}
<button class="danger" aria-label="End the session ${where}${signedInAt === null ? "" : `, signed in at ${second(signedInAt)}`}">End</button></form>`;
  return [
    name === null ? where : chosen(name),
    minute(signedInAt),
    minute(usedAt),
    usedFrom,
    minute(expiresAt),
    id === visitor.id ? "this one" : end,
  ];
}

/** What people do with their own sessions, with a key that was used a moment ago. */
export function ownSessionRoutes(parts: PageParts): readonly Route[] {
  const { organisation, now } = parts;
  const ending = (
    path: string,
    end: (visitor: Visitor, request: ServerRequest, unit: Unit, by: Author) => Promise<unknown>,
  ): Route =>
    pageRoute(organisation, {
      method: "POST",
      path: `${PATH}/${path}`,
      body: "form",
      answer: signedIn(parts, async (visitor, request, unit) => {
        if (!isFresh(visitor, now())) return useKeyAgain(parts, request);
        await end(visitor, request, unit, { actor: visitor.person.id, client: null, address: request.address });
        return seeOther(onPart("/account", request.query));
      }),
    });
  return [
    ending(":session/end", ({ person }, { parameters }, unit, by) =>
      endSession(unit, person.id, parameters["session"] ?? "", by),
    ),
    ending("end-others", ({ id, person }, _request, unit, by) => signOut(unit, person.id, { but: id, now: now() }, by)),
  ];
}
