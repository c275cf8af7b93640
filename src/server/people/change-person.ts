import type { Author } from "../audit/event.ts";
import type { Unit } from "../store/unit.ts";
import { staleVersion } from "../store/version.ts";
import { decideAlone, lastAdministrator, type Meant, OTHER_ADMINISTRATOR, requireMeant } from "./last-administrator.ts";
import { ADMINISTRATORS, groupsOf, joinGroup, type Person } from "./person.ts";
import { endSessions } from "./sessions.ts";

/**
 * Collects that a person may do nothing from now on.
 *
 * @throws {Fault} `SELF_UNCONFIRMED`; `ADMINISTRATOR_NEEDED`, at commit too, for the last administrator.
 */
export async function deactivate(unit: Unit, person: string, by: Author, meant: Meant = {}): Promise<void> {
  await requireMeant(unit, person, by, meant);
  decideAlone(unit);
  unit.claim(`UPDATE person SET active = 0 WHERE id = ? AND ${OTHER_ADMINISTRATOR}`, [person, person], lastAdministrator);
  endSessions(unit, person);
  unit.record({ name: "person.deactivated", ...by, details: { person } });
}

/** Collects that a person may sign in again, with the keys that they have. */
export function activate(unit: Unit, person: string, by: Author): void {
  unit.write("UPDATE person SET active = 1 WHERE id = ?", [person]);
  unit.record({ name: "person.activated", ...by, details: { person } });
}

/** Collects another name. @throws {Fault} `VERSION_STALE` at commit when somebody else gave another one meanwhile. */
export function rename(unit: Unit, { id, name }: Person, wanted: string, by: Author): void {
  const lost = () => staleVersion(`the name of ${name}`);
  unit.claim("UPDATE person SET name = ? WHERE id = ? AND name = ?", [wanted, id, name], lost);
  unit.record({ name: "person.changed", ...by, details: { person: id, before: name, name: wanted } });
}

/**
 * Collects that a person is gone. What the audit log says of them names their id; their e-mail address is in the first row and in this one.
 *
 * @throws {Fault} `SELF_UNCONFIRMED`; `ADMINISTRATOR_NEEDED`, at commit too, for the last administrator.
 */
export async function removePerson(unit: Unit, { id, email }: Person, by: Author, meant: Meant = {}): Promise<void> {
  await requireMeant(unit, id, by, meant);
  decideAlone(unit);
  unit.claim(`DELETE FROM person WHERE id = ? AND ${OTHER_ADMINISTRATOR}`, [id, id], lastAdministrator);
  for (const table of ["membership", "passkey", "recovery", "recovery_code", "invite"]) {
    unit.write(`DELETE FROM ${table} WHERE person = ?`, [id]);
  }
  // An older link for the same address names another id, and would let them in again.
  unit.write("DELETE FROM invite WHERE email = ?", [email]);
  endSessions(unit, id);
  unit.record({ name: "person.removed", ...by, details: { person: id, email } });
}

/**
 * Collects that a person joins some groups and leaves others, without undoing a change that somebody else makes at the same time.
 *
 * @throws {Fault} `SELF_UNCONFIRMED` for one's own `administrators`; `ADMINISTRATOR_NEEDED`, at commit too, for the last administrator.
 */
export async function changeGroups(
  unit: Unit,
  person: string,
  { join = [], leave = [], ...meant }: { readonly join?: readonly string[]; readonly leave?: readonly string[] } & Meant,
  by: Author,
): Promise<void> {
  const before = await groupsOf(unit, person);
  const left = leave.filter((group) => before.includes(group) && !join.includes(group));
  const joined = join.filter((group) => !before.includes(group));
  if (left.length + joined.length === 0) return;
  if (left.includes(ADMINISTRATORS)) await requireMeant(unit, person, by, meant);
  for (const group of left) leaveGroup(unit, person, group);
  for (const group of joined) joinGroup(unit, person, group);
  const groups = [...before.filter((group) => !left.includes(group)), ...joined].sort();
  unit.record({ name: "groups.changed", ...by, details: { person, before, groups } });
}

function leaveGroup(unit: Unit, person: string, group: string): void {
  const leave = "DELETE FROM membership WHERE person = ? AND team = ?";
  if (group !== ADMINISTRATORS) {
    unit.write(leave, [person, group]);
    return;
  }
  decideAlone(unit);
  unit.claim(`${leave} AND ${OTHER_ADMINISTRATOR}`, [person, group, person], lastAdministrator);
}
