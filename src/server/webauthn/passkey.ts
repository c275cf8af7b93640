import { Fault } from "../../core/fault.ts";
import type { EpochSeconds } from "../../core/time.ts";
import { LEVELS, type Level } from "../../wire/brevet-api/levels.ts";
import { integer, type Reader, type Row, text } from "../store/database.ts";
import type { Unit } from "../store/unit.ts";

/** A passkey or security key that a person has registered. */
export interface Passkey {
  /** The credential id, base64url. */
  readonly id: string;
  readonly person: string;
  /** What the person calls it. */
  readonly name: string;
  /** COSE_Key (RFC 9052 §7), base64url. */
  readonly publicKey: string;
  readonly counter: number;
  readonly transports: readonly string[];
  /** The model, lower-case UUID; zeros where the browser does not say. */
  readonly aaguid: string;
  /** How a sign-in with it counts. */
  readonly level: Level;
  readonly madeAt: EpochSeconds;
  readonly usedAt: EpochSeconds | null;
}

const NAMES = ["id", "person", "name", "public_key", "counter", "transports", "aaguid", "level", "made_at", "used_at"];
const COLUMNS = NAMES.join(", ");

/** What {@link passkeyOf} reads, for a statement that joins other tables. */
export const PASSKEY_COLUMNS = NAMES.map((name) => `passkey.${name}`).join(", ");

/** The passkeys of a person, oldest first. */
export async function passkeysOf(reader: Reader, person: string): Promise<readonly Passkey[]> {
  return (await reader.read(`SELECT ${COLUMNS} FROM passkey WHERE person = ? ORDER BY made_at, id`, [person])).map(passkeyOf);
}

/** The passkey of that credential id, or null. */
export async function findPasskey(reader: Reader, id: string): Promise<Passkey | null> {
  const [row] = await reader.read(`SELECT ${COLUMNS} FROM passkey WHERE id = ?`, [id]);
  return row === undefined ? null : passkeyOf(row);
}

/** Keeps a new passkey. A credential id that is there already loses at commit with `ALREADY_USED`. */
export function addPasskey(unit: Unit, passkey: Passkey): void {
  unit.claim(
    `INSERT INTO passkey (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING`,
    [
      passkey.id,
      passkey.person,
      passkey.name,
      passkey.publicKey,
      passkey.counter,
      JSON.stringify(passkey.transports),
      passkey.aaguid,
      passkey.level,
      passkey.madeAt,
      passkey.usedAt,
    ],
    () => new Fault("ALREADY_USED", "this key is registered already"),
  );
}

/**
 * Notes that a passkey was used. Two uses that saw the same counter cannot both be the one authenticator's: one of them loses.
 */
export function countUse(unit: Unit, passkey: Passkey, counter: number, now: EpochSeconds): void {
  unit.claim(
    "UPDATE passkey SET counter = ?, used_at = ? WHERE id = ? AND counter = ?",
    [counter, now, passkey.id, passkey.counter],
    () => new Fault("PASSKEY_REFUSED", `the key ${passkey.name} was used somewhere else at the same moment`),
  );
}

/** A row of the table `passkey`. */
export function passkeyOf(row: Row): Passkey {
  const level = text(row, "level");
  return {
    id: text(row, "id"),
    person: text(row, "person"),
    name: text(row, "name"),
    publicKey: text(row, "public_key"),
    counter: integer(row, "counter"),
    transports: (JSON.parse(text(row, "transports")) as unknown[]).filter((transport) => typeof transport === "string"),
    aaguid: text(row, "aaguid"),
    // A level of a later version is not taken for more than the weakest that signs in.
    level: LEVELS.find((known) => known === level) ?? "passkey",
    madeAt: integer(row, "made_at"),
    usedAt: row["used_at"] === null ? null : integer(row, "used_at"),
  };
}
