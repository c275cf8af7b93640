import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { askPs } from "./ask-ps.ts";
import { procStat } from "./proc-stat.ts";
import { windowsTool } from "./windows-tool.ts";

/**
 * Kills a child process and all that it started: a script that is killed alone leaves its `curl` behind. A process group of its
 * own would be easier to end, but only the foreground group, which is ours, may ask at the terminal.
 *
 * Each is stopped before it is looked at, so that none gets away by starting another. What was left by a parent that has ended is
 * nobody's, and stays. On Windows, which cannot stop a process, its own tool finds and ends them.
 *
 * @param pid of a child that is not yet waited for, so that the number is its own.
 */
export function killTree(pid: number): void {
  if (process.platform === "win32") {
    killTreeOnWindows(pid);
    return;
  }
  const tree = [pid];
  for (let found = tree; found.length > 0; ) {
    for (const each of found) signal(each, "SIGSTOP");
    const started = [...parents()].filter(([child, parent]) => tree.includes(parent) && !tree.includes(child));
    found = started.map(([child]) => child);
    tree.push(...found);
  }
  for (const each of tree) signal(each, "SIGKILL");
}

function killTreeOnWindows(pid: number): void {
  const words = ["/PID", String(pid), "/T", "/F"];
  try {
    execFileSync(windowsTool("taskkill.exe"), words, { stdio: "ignore", timeout: 5000, windowsHide: true });
  } catch {
    signal(pid, "SIGKILL");
  }
}

/** It may have ended, or have become somebody else's. */
function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // There is nothing to end then.
  }
}

/** The parent of each process there is; of none where nobody tells. */
function parents(): ReadonlyMap<number, number> {
  try {
    return process.platform === "linux" ? parentsInProc() : parentsByPs();
  } catch {
    return new Map();
  }
}

function parentsInProc(): ReadonlyMap<number, number> {
  const pids = readdirSync("/proc").map(Number).filter(Number.isInteger);
  return new Map(pids.map((pid) => [pid, procStat(pid)?.parent ?? 0]));
}

function parentsByPs(): ReadonlyMap<number, number> {
  const lines = askPs("-A", "-o", "pid=,ppid=")
    .split("\n")
    .map((line) => line.trim().split(/\s+/).map(Number));
  return new Map(lines.map(([pid = 0, parent = 0]) => [pid, parent]));
}
