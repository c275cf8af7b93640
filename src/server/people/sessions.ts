import { Fault } from "../../core/fault.ts";
import { readOwnJson } from "../../core/json-object.ts";
import type { EpochSeconds } from "../../core/time.ts";
import { SESSION_KINDS, type SessionKind } from "../../wire/brevet-api/admin/sessions.ts";
import { LEVELS, type Level, levelOf } from "../../wire/brevet-api/levels.ts";
import type { Author } from "../audit/event.ts";
import { integer, type Reader, type Row, text } from "../store/database.ts";
import { findMeantRow } from "../store/meant-row.ts";
import { type Page, type PageWish, readPage } from "../store/page.ts";
import type { Unit } from "../store/unit.ts";

/** Where somebody is signed in. */
export interface HeldSession {
  /** A digest, a handle or, for a browser's session, the id that stays when its cookie changes. It lets nobody in. */
  readonly id: string;
  readonly kind: SessionKind;
  /** The OpenID client that holds it; null for a browser. */
  readonly client: { readonly id: string; readonly name: string | null } | null;
  readonly level: Level | null;
  readonly signedInAt: EpochSeconds | null;
  /** When its client was last given an access token; null for a browser. */
  readonly usedAt: EpochSeconds | null;
  /** The address that asked for that token; of a browser, the one that it signed in from. */
  readonly usedFrom: string | null;
  readonly expiresAt: EpochSeconds;
}

/** The tokens that were made of a grant; each knows of which sign-in it is. */
const TOKENS = "FROM artifact AS token WHERE token.grant_id = held.handle AND token.kind IN ('RefreshToken', 'AccessToken')";

/**
 * A grant is what a client holds, a session of the provider what a browser does. A client's session is as long as the last of its tokens;
 * the grant is kept for longer.
 */
const FROM = `SELECT * FROM (
  SELECT 'page' AS kind, digest AS id, person, level, signed_in_at, expires_at, NULL AS payload, NULL AS client,
    NULL AS used_at, used_from FROM web_session
  UNION ALL
  SELECT 'browser' AS kind, uid AS id, account AS person, NULL AS level, NULL AS signed_in_at, expires_at, payload, NULL AS client,
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

/** The sessions of a person that go on. @throws {Fault} `CURSOR_INVALID` */
export async function listSessions(
  reader: Reader,
  person: string,
  wish: PageWish,
  now: EpochSeconds,
): Promise<Page<HeldSession>> {
  const where = [{ sql: THEIRS, values: [person, now] }];
  const { items, next } = await readPage(
    reader,
    { from: FROM, where, order: { expires_at: "integer", id: "text" }, direction: "DESC" },
    wish,
    sessionOf,
  );
  const names = await clientNames(
    reader,
    items.flatMap(({ client }) => client?.id ?? []),
  );
  return {
    items: items.map(({ client, ...session }) => ({
      ...session,
      client: client === null ? null : { ...client, name: names.get(client.id) ?? null },
    })),
    next,
  };
}

/**
 * Collects the end of one session of a person.
 *
 * @param meant its id, or the beginning of it.
 * @throws {Fault} `RECORD_ABSENT`, at commit too; `RECORD_AMBIGUOUS`
 */
export async function endSession(unit: Unit, person: string, meant: string, by: Author): Promise<void> {
  const list = by.actor === person ? "brevet sessions list" : "brevet admin sessions list PERSON";
  const theirs = { from: FROM, where: { sql: "person = ?", values: [person] }, id: "id", noun: "session", list };
  const row = await findMeantRow(unit, theirs, meant);
  const id = text(row, "id");
  const gone = () => new Fault("RECORD_ABSENT", `there is no session "${id}" of that person any more`);
  const kind = text(row, "kind");
  if (kind === "page") unit.claim("DELETE FROM web_session WHERE digest = ? AND person = ?", [id, person], gone);
  else {
    const [artifact, named] = kind === "client" ? ["Grant", "handle"] : ["Session", "uid"];
    unit.claim(`DELETE FROM artifact WHERE kind = ? AND ${named} = ? AND account = ?`, [artifact, id, person], gone);
    if (kind === "client") unit.write("DELETE FROM artifact WHERE grant_id = ?", [id]);
  }
  unit.record({ name: "session.ended", ...by, details: { person, session: id } });
}

/** Collects that a person is signed out everywhere, but for one session. @returns how many sessions they had; of none nothing is recorded. */
export async function signOut(
  unit: Unit,
  person: string,
  { but, now }: { readonly but: string | null; readonly now: EpochSeconds },
  by: Author,
): Promise<number> {
  const counted = `SELECT COUNT(*) AS n FROM (${FROM} WHERE ${THEIRS} AND id <> ?) AS theirs`;
  const [row] = await unit.read(counted, [person, now, but ?? ""]);
  const ended = row === undefined ? 0 : integer(row, "n");
  // In any case: a sign-in that is under way, though not a session yet, ends too.
  endSessions(unit, person, but);
  if (ended > 0) unit.record({ name: "session.ended", ...by, details: { person } });
  return ended;
}

/** Collects the end of every session of a person, here and at every client; tokens for clouds live their last minutes. @param but goes on. */
export function endSessions(unit: Unit, person: string, but: string | null = null): void {
  const kept = but ?? "";
  unit.write("DELETE FROM web_session WHERE person = ? AND digest <> ?", [person, kept]);
  const rest = "account = ? AND handle <> ? AND (grant_id IS NULL OR grant_id <> ?)";
  unit.write(`DELETE FROM artifact WHERE ${rest}`, [person, kept, kept]);
}

/** What the provider keeps of a sign-in: in a browser's session, a refresh token, an access token. */
interface KeptSignIn {
  readonly acr?: string;
  readonly loginTs?: EpochSeconds;
  readonly authTime?: EpochSeconds;
  readonly extra?: { readonly acr?: string; readonly auth_time?: EpochSeconds };
}

function sessionOf(row: Row) {
  const kept = <T>(column: string): Partial<T> => (typeof row[column] === "string" ? readOwnJson<T>(text(row, column)) : {});
  const { acr, loginTs, authTime, extra } = kept<KeptSignIn>("payload");
  const { clientId } = kept<{ readonly clientId: string }>("client");
  const signedInAt = loginTs ?? authTime ?? extra?.auth_time ?? row["signed_in_at"];
  return {
    id: text(row, "id"),
    kind: SESSION_KINDS.find((kind) => kind === row["kind"]) ?? ("browser" as const),
    client: clientId === undefined ? null : { id: clientId },
    level: LEVELS.find((level) => level === row["level"]) ?? levelOf(acr ?? extra?.acr),
    signedInAt: typeof signedInAt === "number" ? signedInAt : null,
    usedAt: typeof row["used_at"] === "number" ? row["used_at"] : null,
    usedFrom: typeof row["used_from"] === "string" ? row["used_from"] : null,
    expiresAt: integer(row, "expires_at"),
  };
}

/** What registered clients call themselves, by their ids; one without a name is not among them. */
async function clientNames(reader: Reader, clients: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const ids = [...new Set(clients)];
  if (ids.length === 0) return new Map();
  const places = ids.map(() => "?").join(", ");
  const rows = await reader.read(`SELECT handle, payload FROM artifact WHERE kind = 'Client' AND handle IN (${places})`, ids);
  return new Map(
    rows.flatMap((row) => {
      const { client_name } = readOwnJson<{ readonly client_name?: string }>(text(row, "payload"));
      return client_name === undefined ? [] : [[text(row, "handle"), client_name]];
    }),
  );
}
