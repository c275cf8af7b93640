import { textOf, utf8 } from "../core/bytes.ts";
import { sha256Hex } from "../core/digest.ts";
import { isJsonObject } from "../core/json-object.ts";
import type { LockHolder } from "../core/store.ts";
import { systemCalls } from "./file-calls.ts";
import type { PrivateFiles } from "./private-files.ts";
import { ownIdentity, type ProcessIdentity, stateOf } from "./processes/process-identity.ts";
import { randomHex } from "./random.ts";

/** What a lock file says: who holds the lock, and a nonce that no other lock ever has. */
export interface LockRecord extends LockHolder {
  readonly nonce: string;
  /** Null when the file cannot be read as a lock: it was damaged, or is being written where there are no hard links. */
  readonly holder: ProcessIdentity | null;
}

/**
 * How long a holder of which nothing can be known (another machine, another pid namespace) counts as alive, in seconds.
 * Longer than any sign-in is waited for.
 */
export const FOREIGN_HOLDER_LIMIT_SECONDS = 900;

/** How long a lock file that says nothing counts as being written, in seconds. */
const DAMAGED_LIMIT_SECONDS = 5;

/** A record for this process. */
export function ownRecord(purpose: string): LockRecord {
  const since = Math.floor(Date.now() / 1000);
  const identity = ownIdentity();
  return { nonce: randomHex(12), holder: identity, pid: identity.pid, purpose, since };
}

/** The bytes of a lock file. */
export function encodeLock(record: LockRecord): Uint8Array {
  return utf8(`${JSON.stringify(record)}\n`);
}

/** The record in a lock file; null when there is no such file. @throws {Fault} `FILE_UNSAFE`, `FILE_UNREADABLE` */
export function readLock(files: PrivateFiles, path: string): LockRecord | null {
  const bytes = files.read(path);
  return bytes === null ? null : (parseLock(bytes) ?? damagedLock(path));
}

/** Whether the holder of a lock is gone. */
export async function isAbandoned(record: LockRecord): Promise<boolean> {
  // A time in the future was written before the clock was put back, and says nothing.
  const ageSeconds = Math.abs(Date.now() / 1000 - record.since);
  if (record.holder === null) return ageSeconds > DAMAGED_LIMIT_SECONDS;
  const state = await stateOf(record.holder, record.since);
  return state === "dead" || (state === "foreign" && ageSeconds > FOREIGN_HOLDER_LIMIT_SECONDS);
}

function parseLock(bytes: Uint8Array): LockRecord | null {
  try {
    const value: unknown = JSON.parse(textOf(bytes));
    return isLockRecord(value) ? value : null;
  } catch {
    return null;
  }
}

function isLockRecord(value: unknown): value is LockRecord {
  if (!isJsonObject(value) || !isJsonObject(value["holder"])) return false;
  const holder = value["holder"];
  const textOrNull = (name: string): boolean => holder[name] === null || typeof holder[name] === "string";
  return (
    /^[0-9a-f]{24}$/.test(String(value["nonce"])) &&
    isProcessNumber(value["pid"]) &&
    typeof value["purpose"] === "string" &&
    typeof value["since"] === "number" &&
    isProcessNumber(holder["pid"]) &&
    typeof holder["machine"] === "string" &&
    textOrNull("startTime") &&
    textOrNull("bootId") &&
    textOrNull("namespace")
  );
}

/** `kill(0, 0)` and `kill(-1, 0)` ask for whole groups and always succeed: such a number would be alive for ever. */
function isProcessNumber(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) > 0;
}

/** A file that says nothing is known by what it is: the nonce stays the same for as long as nobody touches the file. */
function damagedLock(path: string): LockRecord | null {
  const facts = systemCalls.factsAt(path);
  if (facts === null) return null;
  const nonce = sha256Hex(`${facts.id} ${facts.modifiedAtMs} ${facts.sizeBytes}`).slice(0, 24);
  return { nonce, holder: null, pid: 0, purpose: "unknown", since: facts.modifiedAtMs / 1000 };
}
