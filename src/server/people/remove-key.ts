import { Fault } from "../../core/fault.ts";
import type { Author } from "../audit/event.ts";
import type { Unit } from "../store/unit.ts";
import { decideAlone, lastAdministrator, OTHER_ADMINISTRATOR } from "./last-administrator.ts";
import { endSessions } from "./sessions.ts";

/** A key, by its credential id, and whose it is. */
export interface HeldKey {
  readonly id: string;
  readonly person: string;
}

const OTHER_KEY = "EXISTS (SELECT 1 FROM passkey AS other WHERE other.person = ? AND other.id <> ?)";

/**
 * Collects that a person gives up a key of their own; whoever had it may be signed in with it, so every session of the person ends.
 *
 * @throws {Fault} `ALREADY_USED` at commit for the last one, and for one that is not theirs.
 */
export function removeOwnKey(unit: Unit, { id, person }: HeldKey, by: Author): void {
  decideAlone(unit);
  unit.claim(
    `DELETE FROM passkey WHERE id = ? AND person = ? AND ${OTHER_KEY}`,
    [id, person, person, id],
    () => new Fault("ALREADY_USED", "this key is gone already, or is your last one", { hints: ["add another key first"] }),
  );
  recordRemoval(unit, { id, person }, by);
}

/**
 * Collects that an administrator takes a key from a person, even their last one. The last key of the last administrator stays.
 *
 * @throws {Fault} `ADMINISTRATOR_NEEDED` at commit.
 */
export function takeKey(unit: Unit, { id, person }: HeldKey, by: Author): void {
  decideAlone(unit);
  unit.claim(
    `DELETE FROM passkey WHERE id = ? AND person = ? AND (${OTHER_KEY} OR ${OTHER_ADMINISTRATOR})`,
    [id, person, person, id, person],
    lastAdministrator,
  );
  recordRemoval(unit, { id, person }, by);
}

function recordRemoval(unit: Unit, { id, person }: HeldKey, by: Author): void {
  endSessions(unit, person);
  unit.record({ name: "passkey.removed", ...by, details: { passkey: id, person } });
}
