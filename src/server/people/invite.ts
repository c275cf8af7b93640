import { Fault } from "../../core/fault.ts";
import { shellCommand } from "../../core/shell-command.ts";
import type { EpochSeconds } from "../../core/time.ts";
import { INVITE_SECONDS } from "../../wire/brevet-api/admin/invites.ts";
import { type Author, NOBODY } from "../audit/event.ts";
import { integer, type Reader, type Row, text } from "../store/database.ts";
import { findMeantRow } from "../store/meant-row.ts";
import { type Page, type PageWish, readPage } from "../store/page.ts";
import type { Unit } from "../store/unit.ts";
import { digestOf, newSecret } from "./one-time-secret.ts";
import { ADMINISTRATORS, findPersonNamed, newPersonId } from "./person.ts";

/**
 * A link by which somebody registers a key, once.
 *
 * - `first`: the first administrator, who says who they are; printed by the server on the machine that it runs on.
 * - `join`: somebody new, named by an administrator.
 * - `recover`: somebody who is registered and has lost every key.
 */
export interface Invite {
  readonly digest: string;
  readonly kind: "first" | "join" | "recover";
  /** Who the person is, or will be. */
  readonly person: string;
  /** Null while the first administrator has not said. */
  readonly email: string | null;
  readonly name: string | null;
  readonly groups: readonly string[];
  /** Null: the server itself. */
  readonly madeBy: string | null;
  readonly madeAt: EpochSeconds;
  readonly expiresAt: EpochSeconds;
  /** The digest of the cookie of the one browser that may use it; null: whoever has the link. */
  readonly browser: string | null;
}

/** The person who started the server is at the terminal. */
const FIRST_SECONDS = 3600;

const COLUMNS = "digest, kind, person, email, name, teams, made_by, made_at, expires_at, browser";

/** Collects an invitation. @returns the secret of its link, which is nowhere else. */
export function makeInvite(
  unit: Unit,
  invite: Omit<Invite, "digest" | "browser"> & { readonly browser?: string },
  by: Author,
): string {
  const { secret, digest } = newSecret();
  const { kind, person, email, name, groups, madeBy, madeAt, expiresAt, browser = null } = invite;
  unit.write(`INSERT INTO invite (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, [
    digest,
    kind,
    person,
    email,
    name,
    JSON.stringify(groups),
    madeBy,
    madeAt,
    expiresAt,
    browser,
  ]);
  unit.record({
    name: "invite.made",
    ...by,
    details: { kind, person, email, groups, invite: digest },
  });
  return secret;
}

/** Somebody to invite, and for how long the link is valid. */
export interface Newcomer {
  readonly email: string;
  readonly name: string;
  readonly groups: readonly string[];
  readonly now: EpochSeconds;
  /** Default: three days. */
  readonly seconds?: number | undefined;
}

/** Collects an administrator's invitation of somebody new. @throws {Fault} `ALREADY_USED` for somebody who is registered. */
export async function inviteNewcomer(
  unit: Unit,
  { email, name, groups, now, seconds = INVITE_SECONDS.usual }: Newcomer,
  by: Author,
): Promise<{ readonly secret: string; readonly invite: Invite }> {
  if ((await findPersonNamed(unit, email)) !== null) {
    throw new Fault("ALREADY_USED", `somebody is registered as ${email} already`, {
      hints: [`if they have lost every key: \`${shellCommand`brevet admin people recover ${email}`}\``],
    });
  }
  const whenAndBy = { madeBy: by.actor, madeAt: now, expiresAt: now + seconds };
  const invite = { kind: "join", person: newPersonId(), email, name, groups: [...new Set(groups)], ...whenAndBy } as const;
  const secret = makeInvite(unit, invite, by);
  return { secret, invite: { ...invite, digest: digestOf(secret), browser: null } };
}

/** Collects the link for a server that has no administrator. */
export function makeFirstInvite(unit: Unit, now: EpochSeconds): string {
  const [madeAt, expiresAt] = [now, now + FIRST_SECONDS];
  const nobodyYet = { person: newPersonId(), email: null, name: null, madeBy: null } as const;
  return makeInvite(unit, { kind: "first", ...nobodyYet, groups: [ADMINISTRATORS], madeAt, expiresAt }, NOBODY);
}

/** The invitation of a link. @throws {Fault} `INVITE_ENDED`, in the same words for one that was used, expired or never was. */
export async function findInvite(reader: Reader, secret: string, now: EpochSeconds): Promise<Invite> {
  const [row] = await reader.read(`SELECT ${COLUMNS} FROM invite WHERE digest = ? AND expires_at > ?`, [digestOf(secret), now]);
  if (row === undefined) throw inviteEnded();
  return inviteOf(row);
}

/** Collects that an invitation counts in one browser alone, whose cookie has that secret. @throws {Fault} `INVITE_ENDED` at commit. */
export function bindInvite(unit: Unit, { digest }: Invite, browser: string): void {
  unit.claim("UPDATE invite SET browser = ? WHERE digest = ?", [digestOf(browser), digest], inviteEnded);
}

/** Collects what the first administrator says of themselves, before the key is made that will carry it. */
export function nameFirst(unit: Unit, { digest }: Invite, email: string, name: string): void {
  unit.claim("UPDATE invite SET email = ?, name = ? WHERE digest = ? AND kind = 'first'", [email, name, digest], inviteEnded);
}

/**
 * Collects the end of an invitation: it counts once. The first administrator ends every other link of that kind, and whoever joins
 * every other link for their address: one that was left over would let them in again after they were removed.
 */
export function spendInvite(unit: Unit, { digest, kind, email }: Invite): void {
  unit.claim("DELETE FROM invite WHERE digest = ?", [digest], inviteEnded);
  if (kind === "first") unit.write("DELETE FROM invite WHERE kind = 'first'", []);
  if (email !== null && kind !== "recover") unit.write("DELETE FROM invite WHERE kind = 'join' AND email = ?", [email]);
}

/** Invitations that nobody has used, newest first. @throws {Fault} `CURSOR_INVALID` */
export async function openInvites(reader: Reader, wish: PageWish, now: EpochSeconds): Promise<Page<Invite>> {
  const where = [{ sql: "expires_at > ? AND kind <> 'first'", values: [now] }];
  const order = { made_at: "integer", digest: "text" } as const;
  return readPage(reader, { from: `SELECT ${COLUMNS} FROM invite`, where, order, direction: "DESC" }, wish, inviteOf);
}

const OPEN = {
  from: "SELECT digest AS id FROM invite",
  id: "digest",
  noun: "open link",
  list: "brevet admin invites list",
} as const;

/**
 * Collects the withdrawal of an invitation.
 *
 * @param meant its id, or the beginning of it.
 * @throws {Fault} `RECORD_ABSENT`, at commit too; `RECORD_AMBIGUOUS`
 */
export async function withdrawInvite(unit: Unit, meant: string, by: Author): Promise<void> {
  const digest = text(await findMeantRow(unit, OPEN, meant), "id");
  unit.claim("DELETE FROM invite WHERE digest = ?", [digest], () => new Fault("RECORD_ABSENT", "the link is gone already"));
  unit.record({ name: "invite.withdrawn", ...by, details: { invite: digest } });
}

function inviteEnded(): Fault {
  return new Fault("INVITE_ENDED", "this link was used already, was taken back, or is too old", {
    hints: ["ask whoever gave it to you for a new one"],
  });
}

function inviteOf(row: Row): Invite {
  const kind = text(row, "kind");
  const optional = (column: string): string | null => (typeof row[column] === "string" ? text(row, column) : null);
  return {
    digest: text(row, "digest"),
    kind: kind === "first" || kind === "recover" ? kind : "join",
    person: text(row, "person"),
    email: optional("email"),
    name: optional("name"),
    groups: (JSON.parse(text(row, "teams")) as unknown[]).filter((group) => typeof group === "string"),
    madeBy: optional("made_by"),
    madeAt: integer(row, "made_at"),
    expiresAt: integer(row, "expires_at"),
    browser: optional("browser"),
  };
}
