import { textOf, utf8 } from "../../core/bytes.ts";
import { Fault } from "../../core/fault.ts";
import { parseJsonObject } from "../../core/json-object.ts";
import { versionUnknown } from "../../core/version-unknown.ts";
import { below, type Paths } from "../../platform/paths.ts";
import type { PrivateFiles } from "../../platform/private-files.ts";
import { randomHex } from "../../platform/random.ts";

/**
 * Which guard holds the key of the store in a state folder, written when that key is made.
 *
 * Without it, a session in which the keychain cannot be reached (over SSH, in cron) would make a second key under
 * another guard, and what the first one sealed would not open.
 */
export interface StoreRecord {
  readonly guard: string;
  /** Under this the guard knows the key. */
  readonly storeId: string;
}

type Place = Pick<Paths, "stateFolder">;

const VERSION = 1;

/** @returns null when no key was made yet. @throws {Fault} `STORE_KEY_DAMAGED`, `FILE_UNSAFE`, `FILE_UNREADABLE` */
export function readStoreRecord(files: PrivateFiles, place: Place): StoreRecord | null {
  const path = recordPath(place);
  const bytes = files.read(path);
  if (bytes === null) return null;
  const fields = parseJsonObject(textOf(bytes)) ?? {};
  if (typeof fields["version"] === "number" && fields["version"] !== VERSION) throw versionUnknown("STORE_KEY_DAMAGED", path);
  const record = parseRecord(fields);
  if (record !== null) return record;
  throw new Fault("STORE_KEY_DAMAGED", `${path} does not say which guard holds the store's key`, {
    hints: [`bring ${path} back from a copy`],
  });
}

/** A record for a store that has no key yet. */
export function newStoreRecord(guard: string): StoreRecord {
  return { guard, storeId: randomHex(8) };
}

/** Keeps a record, unless one is there: the first choice counts. @throws {Fault} `FILE_UNWRITABLE` */
export function keepStoreRecord(files: PrivateFiles, place: Place, record: StoreRecord): void {
  files.create(recordPath(place), encodeRecord(record), "lasting");
}

/** Forgets which guard it was, once that guard has forgotten the key. */
export function removeStoreRecord(files: PrivateFiles, place: Place): void {
  files.remove(recordPath(place));
}

/** Where the record should be, if it is not there; else null. */
export function missingRecord(files: PrivateFiles, place: Place): string | null {
  return readStoreRecord(files, place) === null ? recordPath(place) : null;
}

function recordPath(place: Place): string {
  return below(place.stateFolder, "store.json");
}

function encodeRecord(record: StoreRecord): Uint8Array {
  return utf8(`${JSON.stringify({ version: VERSION, ...record })}\n`);
}

function parseRecord({ version, guard, storeId }: Readonly<Record<string, unknown>>): StoreRecord | null {
  if (version !== VERSION || typeof guard !== "string" || !/^[0-9a-f]{16}$/.test(String(storeId))) return null;
  return { guard, storeId: String(storeId) };
}
