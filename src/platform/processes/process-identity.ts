import { readlinkSync } from "node:fs";
import { linuxMachineId } from "../machine-id.ts";
import { systemErrorCode } from "../system-error.ts";
import { procStat } from "./proc-stat.ts";
import { procText } from "./proc-text.ts";

/**
 * What tells a process from every other one, even after its number was given to another process.
 *
 * Where there is no `/proc` (macOS, Windows) the three texts are null, and the number is left to go by, and when a process of that number began.
 */
export interface ProcessIdentity {
  readonly pid: number;
  /** Clock ticks between boot and the start of the process. */
  readonly startTime: string | null;
  readonly bootId: string | null;
  /** The pid and time namespaces in which `pid` and `startTime` mean something. */
  readonly namespace: string | null;
  /** The machine: its id, else its name. */
  readonly machine: string;
}

/** `foreign`: on another machine or in another namespace, where nothing can be known about it from here. */
export type ProcessState = "alive" | "dead" | "foreign";

let own: ProcessIdentity | undefined;

/** This process; found out once, because a waiter asks many times a second. */
export function ownIdentity(): ProcessIdentity {
  own ??= findOwnIdentity();
  return own;
}

function findOwnIdentity(): ProcessIdentity {
  return {
    pid: process.pid,
    startTime: procShowsOurNamespace() ? startTimeOf(process.pid) : null,
    bootId: procText("/proc/sys/kernel/random/boot_id")?.trim() ?? null,
    namespace: namespaceOf("self"),
    machine: linuxMachineId() ?? process.getBuiltinModule("node:os").hostname(),
  };
}

/**
 * Whether that process still runs.
 *
 * @param since when it was last known to run, in epoch seconds. Where there is no `/proc`, a process of that number that is
 * younger than this is another one (asked of `ps`, which POSIX has, or of Windows).
 */
export async function stateOf(identity: ProcessIdentity, since: number, nowMs: number = Date.now()): Promise<ProcessState> {
  const here = ownIdentity();
  if (here.bootId !== identity.bootId) return here.machine === identity.machine ? "dead" : "foreign";
  // Without a boot id (no /proc) only the name of the machine tells machines apart.
  if (here.bootId === null && here.machine !== identity.machine) return "foreign";
  if (here.namespace !== identity.namespace) return "foreign";
  if (!isRunning(identity.pid)) return "dead";
  if (identity.startTime !== null && here.startTime !== null) {
    return startTimeOf(identity.pid) === identity.startTime ? "alive" : "dead";
  }
  return (await startedAfter(identity.pid, since, nowMs)) ? "dead" : "alive";
}

/** Whether a process of this number runs in our own pid namespace, whoever owns it. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (systemErrorCode(error) !== "EPERM") return false;
  }
  // Z and X: it has ended, but its parent has not collected it. In a container without an init that may never happen.
  return !procShowsOurNamespace() || !["Z", "X"].includes(procStat(pid)?.state ?? "");
}

/** In a new pid namespace with the old `/proc`, `/proc/<our pid>` is somebody else. */
function procShowsOurNamespace(): boolean {
  return readTarget("/proc/self") === String(process.pid);
}

function startTimeOf(pid: number): string | null {
  return procStat(pid)?.startTime ?? null;
}

function namespaceOf(process: string): string | null {
  const pid = readTarget(`/proc/${process}/ns/pid`);
  return pid === null ? null : `${pid} ${readTarget(`/proc/${process}/ns/time`) ?? ""}`.trim();
}

async function startedAfter(pid: number, since: number, nowMs: number): Promise<boolean> {
  const start = process.platform === "win32" ? await startByWindows(pid, nowMs / 1000 - since) : await startByPs(pid, nowMs);
  // Both instants are rounded, so a process must be clearly younger to be called another one.
  return start !== null && start > since + 5;
}

/** When a process began, in epoch seconds; null where nobody tells. */
async function startByPs(pid: number, nowMs: number): Promise<number | null> {
  const { askPs } = await import("./ask-ps.ts");
  try {
    const elapsed = parseElapsed(askPs("-o", "etime=", "-p", String(pid)));
    return elapsed === null ? null : nowMs / 1000 - elapsed;
  } catch {
    return null;
  }
}

/** To ask takes a second, so it is done once for a process, and not before it is worth wondering about. */
const ASKED_AFTER_SECONDS = 60;
const starts = new Map<number, number | null>();

async function startByWindows(pid: number, ageSeconds: number): Promise<number | null> {
  if (ageSeconds < ASKED_AFTER_SECONDS) return null;
  const known = starts.get(pid);
  if (known !== undefined) return known;
  const { startOnWindows } = await import("./start-on-windows.ts");
  const start = startOnWindows(pid);
  starts.set(pid, start);
  return start;
}

/** `[[dd-]hh:]mm:ss` in seconds; null for anything else. @see POSIX.1-2017, ps, etime */
export function parseElapsed(text: string): number | null {
  const match = /^(?:(?:(\d+)-)?(\d+):)?(\d+):(\d+)$/.exec(text);
  if (match === null) return null;
  const [days, hours, minutes, seconds] = match.slice(1).map((part) => Number(part ?? 0));
  return (((days ?? 0) * 24 + (hours ?? 0)) * 60 + (minutes ?? 0)) * 60 + (seconds ?? 0);
}

function readTarget(path: string): string | null {
  try {
    return readlinkSync(path);
  } catch {
    return null;
  }
}
