import { Fault } from "../../core/fault.ts";
import { formatUtc } from "../../core/time.ts";
import { SESSIONS } from "../../wire/brevet-api/admin/sessions.ts";
import { LEVELS } from "../../wire/brevet-api/levels.ts";
import { endSessions } from "../people/change-person.ts";
import { type Row, text } from "../store/database.ts";
import { readPage } from "../store/page.ts";
import type { Unit } from "../store/unit.ts";
import { type Endpoint, endpoint } from "./endpoint.ts";
import { wishOf } from "./paging.ts";
import { personNamed } from "./people-endpoints.ts";

/** A grant is what a client holds, a session of the provider what a browser does. Ids are digests or handles, which open nothing. */
const FROM = `SELECT * FROM (
  SELECT 'page' AS kind, digest AS id, person, level, signed_in_at, expires_at, NULL AS payload FROM web_session
  UNION ALL
  SELECT CASE WHEN kind = 'Grant' THEN 'client' ELSE 'browser' END AS kind, handle AS id, account AS person, NULL AS level,
    NULL AS signed_in_at, expires_at, payload FROM artifact WHERE kind IN ('Grant', 'Session') AND account IS NOT NULL
) AS sessions`;

/** Where people are signed in: listed, ended. */
export const sessionEndpoints: readonly Endpoint[] = [
  endpoint(SESSIONS.list, ({ now }) => async ({ segment, query }, unit) => {
    const { id } = await personNamed(unit, segment("person"));
    const where = [{ sql: "person = ? AND (expires_at IS NULL OR expires_at > ?)", values: [id, now()] }];
    const { items, next } = await readPage(unit, { from: FROM, where, order: ["id"] }, wishOf(query), sessionOf);
    return { value: { items: [...items], next } };
  }),
  endpoint(SESSIONS.end, () => async ({ segment, by }, unit) => {
    const { id } = await personNamed(unit, segment("person"));
    await endSession(unit, id, segment("session"));
    unit.record({ name: "session.ended", ...by, details: { person: id, session: segment("session") } });
    return { value: null };
  }),
  endpoint(SESSIONS.endAll, () => async ({ segment, by }, unit) => {
    const { id } = await personNamed(unit, segment("person"));
    endSessions(unit, id);
    unit.record({ name: "session.ended", ...by, details: { person: id } });
    return { value: null };
  }),
];

async function endSession(unit: Unit, person: string, id: string): Promise<void> {
  const [row] = await unit.read(`${FROM} WHERE person = ? AND id = ?`, [person, id]);
  const gone = () => new Fault("RECORD_ABSENT", `there is no session "${id}" of that person`);
  if (row === undefined) throw gone();
  const kind = text(row, "kind");
  if (kind === "page") return unit.claim("DELETE FROM web_session WHERE digest = ? AND person = ?", [id, person], gone);
  const artifact = kind === "client" ? "Grant" : "Session";
  unit.claim("DELETE FROM artifact WHERE kind = ? AND handle = ? AND account = ?", [artifact, id, person], gone);
  if (kind === "client") unit.write("DELETE FROM artifact WHERE grant_id = ?", [id]);
}

function sessionOf(row: Row) {
  const kind = text(row, "kind");
  const time = (column: string): string | null => {
    const seconds = row[column];
    return typeof seconds === "number" ? formatUtc(seconds) : null;
  };
  const payload = typeof row["payload"] === "string" ? (JSON.parse(row["payload"]) as Readonly<Record<string, unknown>>) : {};
  return {
    id: text(row, "id"),
    kind: kind === "page" || kind === "client" ? (kind as "page" | "client") : ("browser" as const),
    client: typeof payload["clientId"] === "string" ? payload["clientId"] : null,
    level: LEVELS.find((level) => level === row["level"]) ?? null,
    signedInAt: typeof payload["loginTs"] === "number" ? formatUtc(payload["loginTs"]) : time("signed_in_at"),
    expiresAt: time("expires_at"),
  };
}
