import { Fault } from "../../core/fault.ts";
import type { EpochSeconds } from "../../core/time.ts";
import type { Author } from "../audit/event.ts";
import { type Reader, text } from "../store/database.ts";
import type { Unit } from "../store/unit.ts";
import { makeInvite } from "./invite.ts";
import { ABLE_ADMINISTRATORS } from "./last-administrator.ts";
import type { Person } from "./person.ts";

/** A recovery has to be agreed to within a day, and its link used within an hour. */
const AGREE_SECONDS = 86_400;
export const RECOVER_SECONDS = 3600;

/**
 * Has an administrator ask that a person be let in without a key, or agree to what another one has asked: one alone could take
 * over anybody.
 *
 * @returns the secret of the link for the person; null while another administrator has to agree.
 * @throws {Fault} `ADMINISTRATOR_NEEDED` when nobody could agree, and for oneself; `ALREADY_USED` at commit.
 */
export async function recover(unit: Unit, person: Person, by: Author, now: EpochSeconds): Promise<string | null> {
  const { actor } = by;
  if (actor === null) throw new TypeError("a recovery is asked for by somebody");
  if (person.id === actor) throw askedForOneself();
  const [asked] = await unit.read("SELECT asked_by FROM recovery WHERE person = ? AND asked_at > ?", [
    person.id,
    now - AGREE_SECONDS,
  ]);
  if (asked === undefined || asked["asked_by"] === actor) {
    if (asked === undefined) {
      await requireSecond(unit, [actor, person.id]);
      unit.write("DELETE FROM recovery WHERE person = ?", [person.id]);
      unit.write("INSERT INTO recovery (person, asked_by, asked_at) VALUES (?, ?, ?)", [person.id, actor, now]);
      unit.record({ name: "recovery.asked", ...by, details: { person: person.id } });
    }
    return null;
  }
  unit.claim(
    "DELETE FROM recovery WHERE person = ? AND asked_by <> ?",
    [person.id, actor],
    () => new Fault("ALREADY_USED", "somebody else has agreed meanwhile"),
  );
  return recoveryInvite(unit, person, by, now);
}

function askedForOneself(): Fault {
  return new Fault("ADMINISTRATOR_NEEDED", "nobody lets themselves in: that takes two other administrators", {
    hints: ["whoever is signed in registers another key at /account, and makes recovery codes there"],
  });
}

/** A recovery that nobody can agree to would wait for ever. */
async function requireSecond(reader: Reader, not: readonly [actor: string, person: string]): Promise<void> {
  const [second] = await reader.read(`${ABLE_ADMINISTRATORS} AND other.id NOT IN (?, ?) LIMIT 1`, not);
  if (second !== undefined) return;
  throw new Fault(
    "ADMINISTRATOR_NEEDED",
    "there is no other administrator with a key who could agree: one alone lets nobody in",
    {
      hints: [
        "somebody with a key becomes one by `brevet admin groups add administrators PERSON`",
        "the person's own recovery code does as well, at /recover",
      ],
    },
  );
}

/** The administrators who asked for recoveries that another one has to agree to, by the person who would be let in. */
export async function askedRecoveries(reader: Reader, now: EpochSeconds): Promise<ReadonlyMap<string, string>> {
  const rows = await reader.read("SELECT person, asked_by FROM recovery WHERE asked_at > ?", [now - AGREE_SECONDS]);
  return new Map(rows.map((row) => [text(row, "person"), text(row, "asked_by")]));
}

/** Collects a link by which a person registers a new key. */
export function recoveryInvite(unit: Unit, { id, email, name }: Person, by: Author, now: EpochSeconds): string {
  const expiresAt = now + RECOVER_SECONDS;
  return makeInvite(unit, { kind: "recover", person: id, email, name, groups: [], madeBy: by.actor, madeAt: now, expiresAt }, by);
}
