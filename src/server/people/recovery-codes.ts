import { randomBytes } from "node:crypto";
import { Fault } from "../../core/fault.ts";
import type { EpochSeconds } from "../../core/time.ts";
import { integer, type Reader, text } from "../store/database.ts";
import type { Unit } from "../store/unit.ts";
import { digestOf } from "./one-time-secret.ts";
import { findPerson } from "./person.ts";
import { recoveryInvite } from "./recover.ts";

const CODES = 8;
/** 32 of them, without those that are taken for another when they are copied from paper: l, o, 0 and 1. */
const LETTERS = "abcdefghijkmnpqrstuvwxyz23456789";

/** Collects new codes in place of those that a person had. @returns the codes, which are nowhere else. */
export function makeRecoveryCodes(unit: Unit, person: string, address: string, now: EpochSeconds): readonly string[] {
  // 100 bits: the code alone names its person, so that nobody has to say who they are, and nobody can ask who is here.
  const codes = Array.from({ length: CODES }, () => inBlocks([...randomBytes(20)].map((byte) => LETTERS[byte & 31]).join("")));
  unit.write("DELETE FROM recovery_code WHERE person = ?", [person]);
  for (const code of codes) {
    unit.write("INSERT INTO recovery_code (digest, person, made_at) VALUES (?, ?, ?)", [digestOf(code), person, now]);
  }
  unit.record({ name: "recovery.code-made", actor: person, client: null, address, details: { codes: CODES } });
  return codes;
}

/** How many codes of a person still count. */
export async function countRecoveryCodes(reader: Reader, person: string): Promise<number> {
  const [row] = await reader.read("SELECT COUNT(*) AS n FROM recovery_code WHERE person = ?", [person]);
  return row === undefined ? 0 : integer(row, "n");
}

/**
 * Spends a code. @returns the secret of a link by which its person registers a new key.
 *
 * @param address where it was typed, for the audit log, which also has codes that do not count.
 * @throws {Fault} `INVITE_ENDED`, in the same words for one that was used, never was, or is of somebody who was deactivated.
 */
export async function spendRecoveryCode(unit: Unit, typed: string, address: string, now: EpochSeconds): Promise<string> {
  const digest = digestOf(asMade(typed));
  const [row] = await unit.read("SELECT person FROM recovery_code WHERE digest = ?", [digest]);
  const person = row === undefined ? null : await findPerson(unit, text(row, "person"));
  if (person === null || !person.active) {
    unit.record({ name: "recovery.code-refused", actor: null, client: null, address, details: { person: person?.id ?? null } });
    await unit.commit();
    throw codeRefused();
  }
  const by = { actor: person.id, client: null, address };
  unit.claim("DELETE FROM recovery_code WHERE digest = ?", [digest], codeRefused);
  unit.record({ name: "recovery.code-used", ...by, details: {} });
  return recoveryInvite(unit, person, by, now);
}

/** A code as it was made, however it was copied: without the dashes, with blanks, in capitals. */
function asMade(typed: string): string {
  return inBlocks(typed.replace(/[\s\p{Pd}]/gu, "").toLowerCase());
}

function inBlocks(letters: string): string {
  return letters.replace(/(.{5})(?=.)/g, "$1-");
}

function codeRefused(): Fault {
  return new Fault("INVITE_ENDED", "this code is not one that counts", {
    hints: ["use another one of your list, or ask two administrators to let you in"],
  });
}
