import { Fault } from "../../core/fault.ts";
import { readOwnJson } from "../../core/json-object.ts";
import { type EpochSeconds, formatUtc } from "../../core/time.ts";
import { SESSIONS } from "../../wire/brevet-api/admin/sessions.ts";
import { LEVELS, levelOf } from "../../wire/brevet-api/levels.ts";
import { endSessions } from "../people/change-person.ts";
import { integer, type Row, text } from "../store/database.ts";
import { readPage } from "../store/page.ts";
import type { Unit } from "../store/unit.ts";
import { type Endpoint, endpoint } from "./endpoint.ts";
import { wishOf } from "./paging.ts";
import { personNamed } from "./people-endpoints.ts";

/** The tokens that were made of a grant; each knows of which sign-in it is. */
const TOKENS = "FROM artifact AS token WHERE token.grant_id = held.handle AND token.kind IN ('RefreshToken', 'AccessToken')";

/**
 * A grant is what a client holds, a session of the provider what a browser does. Ids are digests or handles, which open nothing. A client's
 * session is as long as the last of its tokens; the grant is kept for longer.
 */
const FROM = `SELECT * FROM (
  SELECT 'page' AS kind, digest AS id, person, level, signed_in_at, expires_at, NULL AS payload, NULL AS client,
    NULL AS used_at, NULL AS used_from FROM web_session
  UNION ALL
  SELECT 'browser' AS kind, handle AS id, account AS person, NULL AS level, NULL AS signed_in_at, expires_at, payload, NULL AS client,
    used_at, used_from FROM artifact WHERE kind = 'Session' AND account IS NOT NULL
  UNION ALL
  SELECT 'client' AS kind, handle AS id, account AS person, NULL AS level, NULL AS signed_in_at,
    (SELECT MAX(token.expires_at) ${TOKENS}) AS expires_at,
    (SELECT token.payload ${TOKENS} ORDER BY token.expires_at DESC LIMIT 1) AS payload, payload AS client,
    (SELECT MAX(token.used_at) ${TOKENS}) AS used_at,
    (SELECT token.used_from ${TOKENS} AND token.used_at IS NOT NULL ORDER BY token.used_at DESC LIMIT 1) AS used_from
    FROM artifact AS held WHERE kind = 'Grant' AND account IS NOT NULL
) AS sessions`;
const THEIRS = "person = ? AND expires_at > ?";

/** Where people are signed in: listed, ended. */
export const sessionEndpoints: readonly Endpoint[] = [
  endpoint(SESSIONS.list, ({ now }) => async ({ segment, query }, unit) => {
    const { id } = await personNamed(unit, segment("person"));
    const where = [{ sql: THEIRS, values: [id, now()] }];
    const { items, next } = await readPage(unit, { from: FROM, where, order: ["id"] }, wishOf(query), sessionOf);
    return { value: { items: [...items], next } };
  }),
  endpoint(SESSIONS.end, () => async ({ segment, by }, unit) => {
    const { id } = await personNamed(unit, segment("person"));
    await endSession(unit, id, segment("session"));
    unit.record({ name: "session.ended", ...by, details: { person: id, session: segment("session") } });
    return { value: null };
  }),
  endpoint(SESSIONS.endAll, ({ now }) => async ({ segment, by }, unit) => {
    const { id } = await personNamed(unit, segment("person"));
    const ended = await countSessions(unit, id, now());
    // In any case: a sign-in that is under way is none yet.
    endSessions(unit, id);
    if (ended > 0) unit.record({ name: "session.ended", ...by, details: { person: id } });
    return { value: { ended } };
  }),
];

async function countSessions(unit: Unit, person: string, now: EpochSeconds): Promise<number> {
  const [row] = await unit.read(`SELECT COUNT(*) AS n FROM (${FROM} WHERE ${THEIRS}) AS theirs`, [person, now]);
  return row === undefined ? 0 : integer(row, "n");
}

async function endSession(unit: Unit, person: string, id: string): Promise<void> {
  const [row] = await unit.read(`${FROM} WHERE person = ? AND id = ?`, [person, id]);
  const gone = () =>
    new Fault("RECORD_ABSENT", `there is no session "${id}" of that person`, {
      hints: ["those that there are, with their ids: `brevet admin sessions list PERSON`"],
    });
  if (row === undefined) throw gone();
  const kind = text(row, "kind");
  if (kind === "page") return unit.claim("DELETE FROM web_session WHERE digest = ? AND person = ?", [id, person], gone);
  const artifact = kind === "client" ? "Grant" : "Session";
  unit.claim("DELETE FROM artifact WHERE kind = ? AND handle = ? AND account = ?", [artifact, id, person], gone);
  if (kind === "client") unit.write("DELETE FROM artifact WHERE grant_id = ?", [id]);
}

/** What the provider keeps of a sign-in: in a browser's session, a refresh token, an access token. */
interface KeptSignIn {
  readonly acr?: string;
  readonly loginTs?: EpochSeconds;
  readonly authTime?: EpochSeconds;
  readonly extra?: { readonly acr?: string; readonly auth_time?: EpochSeconds };
}

function sessionOf(row: Row) {
  const kind = text(row, "kind");
  const kept = <T>(column: string): Partial<T> => (typeof row[column] === "string" ? readOwnJson<T>(text(row, column)) : {});
  const { acr, loginTs, authTime, extra } = kept<KeptSignIn>("payload");
  const signedInAt = loginTs ?? authTime ?? extra?.auth_time ?? row["signed_in_at"];
  return {
    id: text(row, "id"),
    kind: kind === "page" || kind === "client" ? (kind as "page" | "client") : ("browser" as const),
    client: kept<{ readonly clientId: string }>("client").clientId ?? null,
    level: LEVELS.find((level) => level === row["level"]) ?? levelOf(acr ?? extra?.acr),
    signedInAt: typeof signedInAt === "number" ? formatUtc(signedInAt) : null,
    usedAt: typeof row["used_at"] === "number" ? formatUtc(row["used_at"]) : null,
    usedFrom: typeof row["used_from"] === "string" ? row["used_from"] : null,
    expiresAt: formatUtc(integer(row, "expires_at")),
  };
}
