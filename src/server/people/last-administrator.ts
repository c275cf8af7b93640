import { Fault } from "../../core/fault.ts";
import type { ServerState } from "../../core/server-state.ts";
import type { Author } from "../audit/event.ts";
import { integer, type Reader } from "../store/database.ts";
import type { Unit } from "../store/unit.ts";
import { ADMINISTRATORS } from "./person.ts";

/** The people who can administer, under the alias `other`. */
export const ABLE_ADMINISTRATORS = `SELECT other.id AS id FROM membership JOIN person AS other ON other.id = membership.person
  WHERE membership.team = '${ADMINISTRATORS}' AND other.active = 1
  AND EXISTS (SELECT 1 FROM passkey WHERE passkey.person = other.id)`;

/** True of a statement's row when another person than the one named is among them. */
export const OTHER_ADMINISTRATOR = `EXISTS (${ABLE_ADMINISTRATORS} AND other.id <> ?)`;

/** The people who can administer, and how many keys and recovery codes each of them has. */
export async function ableAdministrators(reader: Reader): Promise<ServerState["administrators"]> {
  const rows = await reader.read(`SELECT (SELECT COUNT(*) FROM passkey WHERE passkey.person = able.id) AS keys,
    (SELECT COUNT(*) FROM recovery_code WHERE recovery_code.person = able.id) AS codes FROM (${ABLE_ADMINISTRATORS}) AS able`);
  return rows.map((row) => ({ keys: integer(row, "keys"), codes: integer(row, "codes") }));
}

/**
 * Collects that nothing else decides at the same time who can still sign in and administer. To be collected before a claim that asks
 * for others: two administrators who remove each other on two instances would each see the other one still there.
 */
export function decideAlone(unit: Unit): void {
  unit.claim(
    `INSERT INTO setting (name, value) VALUES ('who-can-sign-in', '1')
      ON CONFLICT (name) DO UPDATE SET value = CAST(CAST(setting.value AS BIGINT) + 1 AS TEXT)`,
    [],
    lastAdministrator,
  );
}

/** What a claim with {@link OTHER_ADMINISTRATOR} is lost by. */
export function lastAdministrator(): Fault {
  return new Fault("ADMINISTRATOR_NEEDED", "nobody else is an administrator with a key", {
    hints: ["make somebody else an administrator first"],
  });
}

/** What an administrator says who shuts somebody out. */
export interface Meant {
  /** That they know that the person is themselves. */
  readonly myself?: boolean | undefined;
}

/**
 * Refuses that administrators shut themselves out by a slip: their own sessions end with it, so that they could not undo it.
 *
 * @throws {Fault} `SELF_UNCONFIRMED`; `ADMINISTRATOR_NEEDED` for the last one, whatever they say.
 */
export async function requireMeant(reader: Reader, person: string, by: Author, { myself = false }: Meant): Promise<void> {
  if (by.actor !== person || myself) return;
  const others = await reader.read(`SELECT 1 AS found WHERE ${OTHER_ADMINISTRATOR}`, [person]);
  if (others.length === 0) throw lastAdministrator();
  throw new Fault("SELF_UNCONFIRMED", "that is you: you could not administer this server afterwards", {
    hints: ["if you mean yourself, say so: `--myself`"],
  });
}
