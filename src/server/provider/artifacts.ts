import { hash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Adapter, AdapterPayload } from "oidc-provider";
import contexts from "oidc-provider/lib/helpers/als.js";
import { Fault } from "../../core/fault.ts";
import { readOwnJson } from "../../core/json-object.ts";
import type { EpochSeconds } from "../../core/time.ts";
import { requestSlot } from "../http/request-slot.ts";
import { type Row, type SqlValue, text, type VersionedReader } from "../store/database.ts";
import { remembered } from "../store/remembered.ts";
import type { Unit } from "../store/unit.ts";

/**
 * Where the OpenID provider keeps its codes, tokens, sessions and clients: one table, one row for each. The provider's adapters
 * are not told which request they serve, so the unit of work goes with the asynchronous context.
 *
 * What is in the database opens nothing: of a bearer value only its digest is kept, as the handle of its row.
 */

/** A request's unit, what it has found, and what it has written so far: the provider reads its own writes. */
interface ArtifactScope {
  readonly unit: Unit;
  /** The handles of the rows that it has found, by {@link nameOf} and by {@link lastingName}. */
  readonly found: Map<string, string>;
  readonly written: Map<string, AdapterPayload | null>;
  /** Whether what the provider asks for by a handle comes from itself: on such a path no client names anything. */
  readonly byHandle: boolean;
}

const scopes = requestSlot<ArtifactScope>();

const nameOf = (kind: string, handle: string): string => `${kind} ${handle}`;

/** What stays when the provider gives a browser's session another id, as it does after every page that it showed. */
const lastingName = (kind: string, { uid }: AdapterPayload): string => `${kind} uid ${uid}`;

function noteFound(kind: string, handle: string, payload: AdapterPayload): void {
  const found = scopeNow()?.found;
  found?.set(nameOf(kind, handle), handle);
  if (payload.uid !== undefined) found?.set(lastingName(kind, payload), handle);
}

/** Binds a request's changes to `unit`, for as long as the provider serves it. */
export function bindArtifacts(request: IncomingMessage, unit: Unit, { byHandle = false } = {}): void {
  scopes.set(request, { unit, found: new Map(), written: new Map(), byHandle });
}

/** Runs what a page does with the provider for a request, whose changes `unit` collects. */
export function withArtifacts<T>(request: IncomingMessage, unit: Unit, work: () => Promise<T>): Promise<T> {
  bindArtifacts(request, unit);
  // The provider's own storage: a second one would cost every promise of the process as much again.
  return contexts.run({ req: request }, work);
}

function scopeNow(): ArtifactScope | undefined {
  const request = contexts.getStore()?.req;
  return request === undefined ? undefined : scopes.get(request);
}

/** The unit of the request that the provider is serving. */
export function currentUnit(): Unit {
  return scope().unit;
}

/** Rows that are looked up by something else than the bearer value are stored again by their handle. */
const HANDLE = /^handle:/;

/** Kept under their own names, which are not secret, and which administrators ask for. */
const PLAIN = new Set(["Client", "Grant"]);

/**
 * What a session gets at each renewal, at least once an hour; the latest ones record when and from where it was last used.
 * Recording it in the grant would deadlock on PostgreSQL with the end of a session, which begins at the grant.
 */
const TOKENS = new Set(["AccessToken", "RefreshToken"]);

/** A browser's session keeps the address where it was begun: the provider makes a new session of it when somebody signs in. */
const FROM_SOMEWHERE = new Set([...TOKENS, "Session"]);

/** The adapter of one kind of the provider's things. */
export function artifactAdapter(kind: string, reader: VersionedReader, now: () => EpochSeconds): Adapter {
  // Every request names its client, and those are few.
  const clients = kind === "Client" ? remembered<AdapterPayload>(reader, ["artifact"]) : null;
  const handleOf = (id: string): string => {
    if (PLAIN.has(kind)) return id;
    return HANDLE.test(id) ? id.slice("handle:".length) : hash("sha256", id, "base64url");
  };
  const find = async (handle: string, restoreId: string): Promise<AdapterPayload | undefined> => {
    const written = scopeNow()?.written.get(nameOf(kind, handle));
    if (written !== undefined) return written ?? undefined;
    const stored =
      clients === null
        ? await read(handle, restoreId)
        : (clients.known(handle) ?? (await clients.find(handle, async () => (await read(handle, restoreId)) ?? null)));
    if (stored) noteFound(kind, handle, stored);
    return stored ?? undefined;
  };
  const read = async (handle: string, restoreId: string): Promise<AdapterPayload | undefined> => {
    const [row] = await reader.read("SELECT payload, consumed_at, expires_at FROM artifact WHERE kind = ? AND handle = ?", [
      kind,
      handle,
    ]);
    return row === undefined ? undefined : payloadOf(row, restoreId, now());
  };
  const findBy = async (column: "uid" | "user_code", value: string): Promise<AdapterPayload | undefined> => {
    const [row] = await reader.read(
      `SELECT handle, payload, consumed_at, expires_at FROM artifact WHERE ${column} = ? AND kind = ?`,
      [value, kind],
    );
    if (row === undefined) return undefined;
    const handle = text(row, "handle");
    const stored = payloadOf(row, `handle:${handle}`, now());
    if (stored) noteFound(kind, handle, stored);
    return stored;
  };
  return {
    async find(id) {
      // PostgreSQL takes no NUL, which nothing here has in its name.
      if (id.includes("\0")) return undefined;
      // A bearer value that looks like a handle must not be taken for one: handles are readable in the database.
      const forged = HANDLE.test(id) && !PLAIN.has(kind) && !scopeNow()?.byHandle;
      return forged ? undefined : find(handleOf(id), id);
    },
    findByUid: (uid) => findBy("uid", uid),
    findByUserCode: (userCode) => findBy("user_code", userCode),
    async upsert(id, payload, expiresIn) {
      const handle = handleOf(id);
      remember(nameOf(kind, handle), payload);
      const { unit, found } = scope();
      const stored = { kind, handle, payload, at: now(), expiresIn };
      const was = found.get(nameOf(kind, handle)) ?? found.get(lastingName(kind, payload));
      if (was === undefined) return store(unit, stored);
      change(unit, was, stored);
      noteFound(kind, handle, payload);
    },
    async consume(id) {
      const handle = handleOf(id);
      const known = scope().written.get(nameOf(kind, handle));
      if (known) remember(nameOf(kind, handle), { ...known, consumed: now() });
      scope().unit.claim(
        "UPDATE artifact SET consumed_at = ? WHERE kind = ? AND handle = ? AND consumed_at IS NULL",
        [now(), kind, handle],
        () => overtaken(kind, handle),
      );
    },
    async destroy(id) {
      const handle = handleOf(id);
      remember(nameOf(kind, handle), null);
      scope().unit.write("DELETE FROM artifact WHERE kind = ? AND handle = ?", [kind, handle]);
    },
    async revokeByGrantId(grantId) {
      scope().unit.write("DELETE FROM artifact WHERE kind = ? AND grant_id = ?", [kind, grantId]);
    },
  };
}

interface Stored {
  readonly kind: string;
  readonly handle: string;
  readonly payload: AdapterPayload;
  readonly at: EpochSeconds;
  readonly expiresIn: number | undefined;
}

/** The columns `payload` to `expires_at`. */
function contentOf({ kind, payload, at, expiresIn }: Stored): readonly SqlValue[] {
  const { jti: _bearer, consumed: _column, ...kept } = payload;
  return [
    JSON.stringify(PLAIN.has(kind) ? payload : kept),
    payload.grantId ?? null,
    payload.uid ?? null,
    payload.userCode ?? null,
    accountOf(payload),
    expiresIn === undefined ? null : at + expiresIn,
  ];
}

function store(unit: Unit, stored: Stored): void {
  const { kind, handle, at } = stored;
  const usedAt = TOKENS.has(kind) ? at : null;
  // What was consumed meanwhile stays so: nothing that is written here can give a code back.
  unit.write(
    `INSERT INTO artifact (kind, handle, payload, grant_id, uid, user_code, account, expires_at, used_at, used_from)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (kind, handle) DO UPDATE SET payload = excluded.payload, grant_id = excluded.grant_id,
      uid = excluded.uid, user_code = excluded.user_code, account = excluded.account, expires_at = excluded.expires_at`,
    [kind, handle, ...contentOf(stored), usedAt, addressOf(kind)],
  );
}

/**
 * Collects the change of what the request has found as `was`. What somebody has ended meanwhile stays so, and with it all that the request
 * did by it: also where the row gets another handle, which a sign-out at the same time still finds to be the same row.
 */
function change(unit: Unit, was: string, stored: Stored): void {
  const { kind, handle } = stored;
  unit.claim(
    `UPDATE artifact SET handle = ?, payload = ?, grant_id = ?, uid = ?, user_code = ?, account = ?, expires_at = ?,
      used_from = COALESCE(?, used_from) WHERE kind = ? AND handle = ?`,
    [handle, ...contentOf(stored), handle === was ? null : addressOf(kind), kind, was],
    () => overtaken(kind, was),
  );
}

function addressOf(kind: string): string | null {
  return FROM_SOMEWHERE.has(kind) ? (contexts.getStore()?.ip ?? null) : null;
}

function overtaken(kind: string, handle: string): Fault {
  return new Fault("ALREADY_USED", `the ${kind} was used or ended by another request at the same time`, {
    hints: ["look whether it is done already, and begin again if it is not"],
    details: { kind, handle },
  });
}

/** Whose it is. A person whose sign-in is under way has used their key, and can take that back: of an interaction it stands in the result. */
function accountOf({ accountId, result }: AdapterPayload): string | null {
  return accountId ?? result?.login?.accountId ?? null;
}

function payloadOf(row: Row, id: string, now: EpochSeconds): AdapterPayload | undefined {
  const expiresAt = row["expires_at"];
  if (typeof expiresAt === "number" && expiresAt <= now) return undefined;
  const consumedAt = row["consumed_at"];
  const payload = readOwnJson<AdapterPayload>(text(row, "payload"));
  return { jti: id, ...payload, ...(typeof consumedAt === "number" ? { consumed: consumedAt } : {}) };
}

function scope(): ArtifactScope {
  const found = scopeNow();
  if (found === undefined) throw new TypeError("the provider writes outside of a unit of work");
  return found;
}

function remember(key: string, payload: AdapterPayload | null): void {
  scope().written.set(key, payload);
}
