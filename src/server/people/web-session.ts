import type { EpochSeconds } from "../../core/time.ts";
import { LEVELS, type Level } from "../../wire/brevet-api/levels.ts";
import { integer, type Reader, text } from "../store/database.ts";
import type { Unit } from "../store/unit.ts";
import { digestOf, newSecret } from "./one-time-secret.ts";
import { findPerson, groupsOf, mayAdminister, type Person } from "./person.ts";

/** Somebody who is signed in to our own pages. It gives no tokens: those come from the OpenID provider's sessions. */
export interface WebSession {
  /** What lists of sessions name it by. */
  readonly id: string;
  readonly person: Person;
  readonly groups: readonly string[];
  readonly isAdministrator: boolean;
  readonly level: Level;
  /** When the key was last used here. */
  readonly signedInAt: EpochSeconds;
  /** An expired session: it only tells whose forms are still on a page, until they use their key again. */
  readonly isOver: boolean;
}

/** Pages that can change who may sign in stay open only while somebody sits in front of them. */
const SESSION_SECONDS = 3600;

/** How long an expired session still tells whose it was. */
export const OVER_SECONDS = 86_400;

/** What changes keys or people wants a key to have been used that short ago. */
export const FRESH_SECONDS = 300;

/** A person who signs in to our own pages, and where from. */
export interface WebSignIn {
  readonly person: string;
  readonly level: Level;
  readonly address: string;
  /** The secret of the session that the browser had until then: it ends, for its cookie is written over. */
  readonly before: string | undefined;
  readonly now: EpochSeconds;
}

/** Collects a session. @returns the secret of its cookie. */
export function beginWebSession(unit: Unit, { person, level, address, before, now }: WebSignIn): string {
  const { secret, digest } = newSecret();
  if (before !== undefined) endWebSession(unit, before);
  unit.write("INSERT INTO web_session (digest, person, level, signed_in_at, expires_at, used_from) VALUES (?, ?, ?, ?, ?, ?)", [
    digest,
    person,
    level,
    now,
    now + SESSION_SECONDS,
    address,
  ]);
  return secret;
}

/** The session of a cookie; null when there is none, somebody has ended it, or the person was deactivated. */
export async function findWebSession(reader: Reader, secret: string | undefined, now: EpochSeconds): Promise<WebSession | null> {
  if (secret === undefined) return null;
  const [row] = await reader.read(
    "SELECT digest, person, level, signed_in_at, expires_at FROM web_session WHERE digest = ? AND expires_at > ?",
    [digestOf(secret), now - OVER_SECONDS],
  );
  if (row === undefined) return null;
  const person = await findPerson(reader, text(row, "person"));
  if (person === null || !person.active) return null;
  const groups = await groupsOf(reader, person.id);
  const level = LEVELS.find((known) => known === text(row, "level")) ?? "recovery";
  return {
    id: text(row, "digest"),
    person,
    groups,
    isAdministrator: mayAdminister(groups, level),
    level,
    signedInAt: integer(row, "signed_in_at"),
    isOver: integer(row, "expires_at") <= now,
  };
}

/** Whether a key was used in this session so short ago that keys and people may be changed. */
export function isFresh({ signedInAt }: WebSession, now: EpochSeconds): boolean {
  return now - signedInAt <= FRESH_SECONDS;
}

/** Collects the end of a session. */
export function endWebSession(unit: Unit, secret: string): void {
  unit.write("DELETE FROM web_session WHERE digest = ?", [digestOf(secret)]);
}
