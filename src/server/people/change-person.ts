import { Fault } from "../../core/fault.ts";
import type { EpochSeconds } from "../../core/time.ts";
import type { Unit } from "../store/unit.ts";
import { makeInvite } from "./invite.ts";
import { ADMINISTRATORS, groupsOf, joinGroup, type Person } from "./person.ts";

/** Another person than the one named who can do what administrators do. */
const OTHER_ADMINISTRATOR = `EXISTS (SELECT 1 FROM membership JOIN person AS other ON other.id = membership.person
  WHERE membership.team = '${ADMINISTRATORS}' AND other.active = 1 AND other.id <> ?
  AND EXISTS (SELECT 1 FROM passkey WHERE passkey.person = other.id))`;

/** A recovery has to be agreed to within a day, and its link used within an hour. */
const AGREE_SECONDS = 86_400;
const RECOVER_SECONDS = 3600;

/** Collects the end of every session of a person, here and at every client; tokens for clouds live their last minutes. */
export function endSessions(unit: Unit, person: string): void {
  unit.write("DELETE FROM web_session WHERE person = ?", [person]);
  unit.write("DELETE FROM artifact WHERE account = ?", [person]);
}

/** Collects that a person may do nothing from now on. @throws {Fault} `ADMINISTRATOR_NEEDED` at commit for the last one. */
export function deactivate(unit: Unit, person: string, actor: string): void {
  unit.claim(`UPDATE person SET active = 0 WHERE id = ? AND ${OTHER_ADMINISTRATOR}`, [person, person], lastAdministrator);
  endSessions(unit, person);
  unit.record({ name: "person.deactivated", actor, client: null, address: null, details: { person } });
}

/** Collects that a person may sign in again, with the keys that they have. */
export function activate(unit: Unit, person: string, actor: string): void {
  unit.write("UPDATE person SET active = 1 WHERE id = ?", [person]);
  unit.record({ name: "person.activated", actor, client: null, address: null, details: { person } });
}

/** Collects that a person is in exactly these groups. @throws {Fault} `ADMINISTRATOR_NEEDED` at commit for the last administrator. */
export async function setGroups(unit: Unit, person: string, groups: readonly string[], actor: string): Promise<void> {
  const before = await groupsOf(unit, person);
  for (const group of before.filter((known) => !groups.includes(known))) {
    if (group === ADMINISTRATORS) {
      const leave = `DELETE FROM membership WHERE person = ? AND team = ? AND ${OTHER_ADMINISTRATOR}`;
      unit.claim(leave, [person, group, person], lastAdministrator);
    } else unit.write("DELETE FROM membership WHERE person = ? AND team = ?", [person, group]);
  }
  for (const group of groups) joinGroup(unit, person, group);
  unit.record({ name: "groups.changed", actor, client: null, address: null, details: { person, before, groups } });
}

/**
 * Has an administrator ask that a person be let in without a key, or agree to what another one has asked: one alone could take
 * over anybody.
 *
 * @returns the secret of the link for the person; null while another administrator has to agree.
 */
export async function recover(unit: Unit, person: Person, actor: string, now: EpochSeconds): Promise<string | null> {
  const [asked] = await unit.read("SELECT asked_by FROM recovery WHERE person = ? AND asked_at > ?", [
    person.id,
    now - AGREE_SECONDS,
  ]);
  if (asked === undefined || asked["asked_by"] === actor || person.id === actor) {
    if (asked === undefined && person.id !== actor) {
      unit.write("DELETE FROM recovery WHERE person = ?", [person.id]);
      unit.write("INSERT INTO recovery (person, asked_by, asked_at) VALUES (?, ?, ?)", [person.id, actor, now]);
      unit.record({ name: "recovery.asked", actor, client: null, address: null, details: { person: person.id } });
    }
    return null;
  }
  unit.claim(
    "DELETE FROM recovery WHERE person = ? AND asked_by <> ?",
    [person.id, actor],
    () => new Fault("ALREADY_USED", "somebody else has agreed meanwhile"),
  );
  return recoveryInvite(unit, person, actor, now);
}

/** Collects a link by which a person registers a new key. */
export function recoveryInvite(unit: Unit, { id, email, name }: Person, madeBy: string, now: EpochSeconds): string {
  const expiresAt = now + RECOVER_SECONDS;
  return makeInvite(unit, { kind: "recover", person: id, email, name, groups: [], madeBy, madeAt: now, expiresAt });
}

function lastAdministrator(): Fault {
  return new Fault("ADMINISTRATOR_NEEDED", "nobody else is an administrator with a key", {
    hints: ["make somebody else an administrator first"],
  });
}
