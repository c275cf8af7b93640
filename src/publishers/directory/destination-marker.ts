import { closeSync, linkSync, openSync, renameSync, rmSync, statSync, writeSync } from "node:fs";
import { readPlainText } from "../../platform/plain-file.ts";
import { randomBytes, randomHex } from "../../platform/random.ts";
import { systemErrorCode } from "../../platform/system-error.ts";
import { elapsedMs, pause } from "../../platform/tempo.ts";

/** How old a marker is when it is broken: its holder does no more than read a document and rename a file. */
const STALE_MS = 10_000;
const LONGEST_WAIT_MS = 50;

/** A marker that this process holds. */
interface HeldMarker {
  /** Whether nobody has broken it meanwhile. */
  isHeld(): boolean;
}

/**
 * Runs `work` while `<file>.brevet-lock` exists next to a document. All homes and machines that publish into one folder see it,
 * unlike locks in the state folder, which are one home's.
 *
 * The marker of a process that died is broken once it is 10 s older than now, by the clock of that file system: `born`
 * is a file that this process has just written there.
 *
 * @returns null if the marker was held by others throughout 15 s.
 */
export async function withMarker<T>(file: string, born: string, work: (marker: HeldMarker) => T): Promise<T | null> {
  const path = `${file}.brevet-lock`;
  const nonce = randomHex(16);
  const start = elapsedMs();
  const writtenAtMs = statSync(born).mtimeMs;
  for (let waitMs = 2; !take(path, nonce); waitMs = Math.min(LONGEST_WAIT_MS, waitMs * 1.6)) {
    const waitedMs = elapsedMs() - start;
    if (waitedMs > 1.5 * STALE_MS) return null;
    const broken = breakStale(path, writtenAtMs + waitedMs - STALE_MS);
    if (!broken) await pause(waitMs * (0.5 + (randomBytes(1)[0] ?? 0) / 512));
  }
  try {
    return work({ isHeld: () => nonceAt(path) === nonce });
  } finally {
    if (nonceAt(path) === nonce) rmSync(path, { force: true });
  }
}

function take(path: string, nonce: string): boolean {
  let fd: number;
  try {
    fd = openSync(path, "wx", 0o644);
  } catch (cause) {
    if (systemErrorCode(cause) === "EEXIST") return false;
    throw cause;
  }
  try {
    writeSync(fd, nonce);
  } finally {
    closeSync(fd);
  }
  return true;
}

/** @returns whether there was a marker last touched before `limitMs`, and this process took it away. */
function breakStale(path: string, limitMs: number): boolean {
  const aside = `${path}.${process.pid}-${randomHex(6)}.brevet-tmp`;
  try {
    if (statSync(path).mtimeMs > limitMs) return false;
    renameSync(path, aside);
    // Another process may have broken it first, and this one has moved a fresh marker away: it goes back.
    const fresh = statSync(aside).mtimeMs > limitMs;
    if (fresh) linkSync(aside, path);
    rmSync(aside, { force: true });
    return !fresh;
  } catch (cause) {
    if (!["ENOENT", "EEXIST"].includes(systemErrorCode(cause))) throw cause;
    rmSync(aside, { force: true });
    return false;
  }
}

function nonceAt(path: string): string | null {
  try {
    return readPlainText(path);
  } catch (cause) {
    if (systemErrorCode(cause) === "ENOENT") return null;
    throw cause;
  }
}
