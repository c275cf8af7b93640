import { formatUtc } from "../../core/time.ts";
import { SESSIONS } from "../../wire/brevet-api/admin/sessions.ts";
import { endSession, type HeldSession, listSessions, signOut } from "../people/sessions.ts";
import { type Endpoint, endpoint } from "./endpoint.ts";
import { wishOf } from "./paging.ts";
import { personNamed } from "./people-endpoints.ts";

/** Where people are signed in: listed, ended. */
export const sessionEndpoints: readonly Endpoint[] = [
  endpoint(SESSIONS.list, ({ now }) => async ({ segment, query, session: asking }, unit) => {
    const { id } = await personNamed(unit, segment("person"));
    const { items, next } = await listSessions(unit, id, wishOf(query), now());
    return { value: { items: items.map((session) => ({ ...shown(session), current: session.id === asking })), next } };
  }),
  endpoint(SESSIONS.end, () => async ({ segment, by }, unit) => {
    const { id } = await personNamed(unit, segment("person"));
    await endSession(unit, id, segment("session"), by);
    return { value: null };
  }),
  endpoint(SESSIONS.endAll, ({ now }) => async ({ segment, query, session, by }, unit) => {
    const { id } = await personNamed(unit, segment("person"));
    const but = query.others === "true" ? session : null;
    return { value: { ended: await signOut(unit, id, { but, now: now() }, by) } };
  }),
];

function shown({ client, signedInAt, usedAt, expiresAt, ...session }: HeldSession) {
  return {
    ...session,
    client: client?.id ?? null,
    clientName: client?.name ?? null,
    signedInAt: signedInAt === null ? null : formatUtc(signedInAt),
    usedAt: usedAt === null ? null : formatUtc(usedAt),
    expiresAt: formatUtc(expiresAt),
  };
}
