import { basename, dirname, join } from "node:path";
import { Fault } from "../core/fault.ts";
import { shellCommand } from "../core/shell-command.ts";
import type { LockClaim } from "../core/store.ts";
import { formatUtc } from "../core/time.ts";
import { encodeLock, isAbandoned, type LockRecord, ownRecord, readLock } from "./lock-file.ts";
import type { PrivateFiles } from "./private-files.ts";
import { stateOf } from "./processes/process-identity.ts";
import { pause } from "./tempo.ts";

/**
 * Locks between the processes of one user: a file for each, which appears with its whole content or not at all.
 *
 * The lock of a dead process is healed, and healing is exclusive: whoever heals first takes `<lock>.heal-<nonce>`, made and
 * healed in the same way, and looks again whether the lock still has that nonce. Nonces are never used twice, so a late
 * healer finds another one and lets go; without this, two waiters that both saw the dead holder could each remove
 * "its" lock, the second one that of the first.
 */
export interface LockRequest extends LockClaim {
  /**
   * Where the lock file may be. The first folder that can be written is used, and the paths of the later ones are not looked up. All
   * processes must name the same folders.
   */
  readonly folders: readonly (() => string)[];
  /** The name of the lock file. */
  readonly name: string;
  /** How long to wait before giving up. */
  readonly patienceSeconds: number;
}

const FIRST_WAIT_MS = 2;
const LONGEST_WAIT_MS = 50;
/** How long a holder that was seen alive is taken to be. */
const TRUST_MS = 200;

/**
 * Runs `work` while this process holds the lock, and lets go whatever happens. `waited`: somebody else held it when it was first
 * looked at, be it for so short that it could not be seen who.
 *
 * @throws {Fault} `LOCK_TIMEOUT` naming the holder; `FILE_UNWRITABLE` when none of the folders can be written.
 */
export async function withFileLock<T>(
  files: PrivateFiles,
  request: LockRequest,
  work: (lock: { readonly waited: boolean }) => Promise<T>,
): Promise<T> {
  const { waited, ...held } = await acquire(files, request);
  try {
    return await work({ waited });
  } finally {
    release(files, held);
  }
}

interface HeldLock {
  readonly path: string;
  readonly nonce: string;
}

async function acquire(files: PrivateFiles, request: LockRequest): Promise<HeldLock & { readonly waited: boolean }> {
  const deadline = performance.now() + request.patienceSeconds * 1000;
  const isDead = patientJudge();
  let waitMs = FIRST_WAIT_MS;
  let told = false;
  for (let waited = false; ; waited = true) {
    const attempt = await take(files, request, isDead);
    if (attempt.taken) {
      sweep(files, attempt.lock.path);
      return { ...attempt.lock, waited };
    }
    if (attempt.holder !== null) {
      if (!told) request.waiting?.({ pid: attempt.holder.pid, purpose: attempt.holder.purpose, since: attempt.holder.since });
      told = true;
      if (performance.now() >= deadline) throw await timeout(request, attempt.path, attempt.holder);
    }
    await pause(waitMs * (0.5 + Math.random() / 2));
    waitMs = Math.min(LONGEST_WAIT_MS, waitMs * 1.6);
  }
}

type Judge = (holder: LockRecord) => Promise<boolean>;

/** Hundreds of waiters look many times a second whether the lock is free; whether its holder lives need not be asked as often. */
function patientJudge(): Judge {
  let alive = { nonce: "", until: 0 };
  return async (holder) => {
    if (holder.nonce === alive.nonce && performance.now() < alive.until) return false;
    if (await isAbandoned(holder)) return true;
    alive = { nonce: holder.nonce, until: performance.now() + TRUST_MS };
    return false;
  };
}

type Attempt =
  | { readonly taken: true; readonly lock: HeldLock }
  /** `holder` is null when the lock changed hands while we looked. */
  | { readonly taken: false; readonly path: string; readonly holder: LockRecord | null };

/** One look at each folder in turn. A lock in a folder that can be read but not written any more still holds. */
async function take(files: PrivateFiles, request: LockRequest, isDead: Judge): Promise<Attempt> {
  let refusal: Fault | null = null;
  for (const folder of request.folders) {
    try {
      return await takeAt(files, join(folder(), request.name), request.purpose, isDead);
    } catch (error) {
      if (!(error instanceof Fault) || !isPassedOver(error, refusal !== null)) throw error;
      refusal ??= error;
    }
  }
  throw refusal;
}

/** A spare folder is in a place where everybody may make one of that name: what another user made there keeps nobody from the next. */
function isPassedOver({ code }: Fault, isSpare: boolean): boolean {
  return code === "FILE_UNWRITABLE" || (isSpare && code === "FILE_UNSAFE");
}

async function takeAt(files: PrivateFiles, path: string, purpose: string, isDead: Judge): Promise<Attempt> {
  const holder = readLock(files, path);
  if (holder !== null && !(await isDead(holder))) return { taken: false, path, holder };
  const own = ownRecord(purpose);
  const mine = { taken: true, lock: { path, nonce: own.nonce } } as const;
  if (holder !== null) return (await heal(files, path, holder, own)) ? mine : { taken: false, path, holder: null };
  return files.create(path, encodeLock(own), "passing") ? mine : { taken: false, path, holder: null };
}

/** Replaces the lock of a dead holder by our own. @returns whether we hold it now. */
async function heal(files: PrivateFiles, path: string, dead: LockRecord, own: LockRecord): Promise<boolean> {
  const healing = healingPath(path, dead);
  const right = ownRecord(own.purpose);
  if (!files.create(healing, encodeLock(right), "passing") && !(await healHealing(files, healing, right))) return false;
  try {
    if (readLock(files, path)?.nonce !== dead.nonce) return false;
    files.replace(path, encodeLock(own));
    return true;
  } finally {
    release(files, { path: healing, nonce: right.nonce });
  }
}

/** The healer may have died too; then its right to heal is healed first. */
async function healHealing(files: PrivateFiles, healing: string, right: LockRecord): Promise<boolean> {
  const healer = readLock(files, healing);
  return healer !== null && (await isAbandoned(healer)) && (await heal(files, healing, healer, right));
}

/** One level of names, however deep the healing: the nonce alone says which lock may be healed. */
function healingPath(path: string, dead: LockRecord): string {
  return `${path.replace(/\.heal-[0-9a-f]+$/, "")}.heal-${dead.nonce}`;
}

/** Rights to heal that healers left when they died: while we hold the lock, none of them can mean it any more. */
function sweep(files: PrivateFiles, path: string): void {
  const folder = dirname(path);
  try {
    files.sweep(folder);
    for (const name of files.list(folder)) {
      if (name.startsWith(`${basename(path)}.heal-`)) files.remove(join(folder, name));
    }
  } catch (error) {
    // The lock is ours all the same, and what was left does no harm.
    if (!(error instanceof Fault)) throw error;
  }
}

function release(files: PrivateFiles, held: HeldLock): void {
  try {
    if (readLock(files, held.path)?.nonce === held.nonce) files.remove(held.path);
  } catch (error) {
    // The work is done; a lock that cannot be removed (a disk gone read-only) is healed when this process has ended.
    if (!(error instanceof Fault)) throw error;
  }
}

async function timeout(request: LockRequest, path: string, record: LockRecord): Promise<Fault> {
  const since = formatUtc(Math.floor(record.since));
  const who = record.holder === null ? "an unknown process" : `process ${record.pid} (${record.purpose})`;
  return new Fault("LOCK_TIMEOUT", `${who} has held the lock ${request.name} since ${since}`, {
    hints: [await hintAbout(path, record)],
    details: { holder: record.pid, purpose: record.purpose, since: record.since },
  });
}

/**
 * `kill` is named only where that number is the holder's: 0 would be our own process group, and a container has numbers of its
 * own.
 */
async function hintAbout(path: string, record: LockRecord): Promise<string> {
  const removal = shellCommand`rm ${path}`;
  if (record.holder === null) return `\`${removal}\` if no other brevet is running: that file is damaged`;
  const state = await stateOf(record.holder, record.since);
  return state === "foreign"
    ? `that process is on another machine or in another container; \`${removal}\` if it has ended`
    : `\`kill ${record.pid}\` if that process hangs`;
}
