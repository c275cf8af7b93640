import { randomBytes } from "node:crypto";
import { Fault } from "../../core/fault.ts";
import type { EpochSeconds } from "../../core/time.ts";
import { type Level, meetsLevel } from "../../wire/brevet-api/levels.ts";
import { integer, type Reader, type Row, text } from "../store/database.ts";
import type { Unit } from "../store/unit.ts";

/** Somebody who has signed in here at least once. */
export interface Person {
  /** Opaque, and the same for ever. */
  readonly id: string;
  /** Lower case. */
  readonly email: string;
  readonly name: string;
  /** False from the moment of their deactivation: they can do nothing then. */
  readonly active: boolean;
  readonly madeAt: EpochSeconds;
}

/** The group whose members may change what belongs to others. */
export const ADMINISTRATORS = "administrators";

/**
 * Whether somebody in these groups may do what administrators do, by a sign-in of that level: a recovery is enough to register a new key,
 * not to act for others.
 */
export function mayAdminister(groups: readonly string[], level: Level | null): boolean {
  return groups.includes(ADMINISTRATORS) && meetsLevel(level, "passkey");
}

const COLUMNS = "id, email, name, active, made_at";

/** An id for somebody new. */
export function newPersonId(): string {
  return randomBytes(16).toString("base64url");
}

/** The person of that id, active or not; null for nobody. */
export async function findPerson(reader: Reader, id: string): Promise<Person | null> {
  const [row] = await reader.read(`SELECT ${COLUMNS} FROM person WHERE id = ?`, [id]);
  return row === undefined ? null : personOf(row);
}

/** Collects a new person. An e-mail address that somebody has loses at commit with `ALREADY_USED`. */
export function addPerson(unit: Unit, { id, email, name, active, madeAt }: Person): void {
  unit.claim(
    `INSERT INTO person (${COLUMNS}) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
    [id, email, name, active ? 1 : 0, madeAt],
    () => new Fault("ALREADY_USED", `somebody is registered as ${email} already`),
  );
}

/** Collects a membership; one that is there stays. */
export function joinGroup(unit: Unit, person: string, group: string): void {
  unit.write("INSERT INTO membership (person, team) VALUES (?, ?) ON CONFLICT DO NOTHING", [person, group]);
}

/** The groups of a person, by name. */
export async function groupsOf(reader: Reader, person: string): Promise<readonly string[]> {
  const rows = await reader.read("SELECT team FROM membership WHERE person = ? ORDER BY team", [person]);
  return rows.map((row) => text(row, "team"));
}

/** The person of that id or e-mail address, active or not; null for nobody. */
export async function findPersonNamed(reader: Reader, name: string): Promise<Person | null> {
  // No name of anything has them, and PostgreSQL takes no NUL.
  if (/\p{Cc}/u.test(name)) return null;
  if (!name.includes("@")) return findPerson(reader, name);
  const [row] = await reader.read(`SELECT ${COLUMNS} FROM person WHERE email = ?`, [name.toLowerCase()]);
  return row === undefined ? null : personOf(row);
}

/** The e-mail addresses of those of these people who are still here, by their ids. */
export async function emailsOf(reader: Reader, people: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const ids = [...new Set(people)];
  if (ids.length === 0) return new Map();
  const places = ids.map(() => "?").join(", ");
  const rows = await reader.read(`SELECT id, email FROM person WHERE id IN (${places})`, ids);
  return new Map(rows.map((row) => [text(row, "id"), text(row, "email")]));
}

/** A row of the table `person`. */
export function personOf(row: Row): Person {
  return {
    id: text(row, "id"),
    email: text(row, "email"),
    name: text(row, "name"),
    active: integer(row, "active") === 1,
    madeAt: integer(row, "made_at"),
  };
}
