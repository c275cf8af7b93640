import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, statSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import { Fault } from "../../core/fault.ts";
import { shellCommand } from "../../core/shell-command.ts";
import type { Environment } from "../paths.ts";
import { systemErrorCode } from "../system-error.ts";
import { procStat } from "./proc-stat.ts";
import { PATH_ALONE } from "./windows-tool.ts";

/** A program to run in our place: it has our terminal, our standard streams and our working directory. */
export interface ForegroundProgram {
  readonly command: string;
  readonly args: readonly string[];
  /** The whole environment of the program, not an addition to ours. */
  readonly environment: Environment;
}

/** Runs a program until it ends and tells its exit status. See {@link runForeground}. */
export type RunForeground = (program: ForegroundProgram) => Promise<number>;

/**
 * Signals that the terminal sends to the whole foreground group. The program has such a signal from there already; a second
 * copy is taken for impatience (terraform, npm and docker compose stop hard at the second Ctrl-C).
 */
const FROM_TERMINAL: readonly NodeJS.Signals[] = ["SIGINT", "SIGQUIT", "SIGWINCH", "SIGBREAK"];

/** Signals that are sent to us alone, by `kill` or a supervisor. Windows knows none that could be passed on. */
const FROM_OTHERS: readonly NodeJS.Signals[] = ["SIGTERM", "SIGHUP", "SIGUSR1", "SIGUSR2", "SIGCONT"];

/**
 * Runs a program without a shell and passes signals on to it, so that whoever stops us stops it.
 *
 * @returns its exit status, or 128 + n where signal n ended it.
 * @throws {Fault} `COMMAND_ABSENT` when there is no such program, `COMMAND_UNUSABLE` when it cannot be executed.
 */
export const runForeground: RunForeground = ({ command, args, environment }) =>
  new Promise((resolve, reject) => {
    // Before the program exists, so that no signal falls between its start and the first handler.
    const stopForwarding = forwardSignals((signal) => child?.kill(signal));
    const failed = (cause: unknown): void => {
      stopForwarding();
      reject(notStarted(command, systemErrorCode(cause), environment, cause));
    };
    let child: ChildProcess | null = null;
    try {
      const own = { ...environment };
      // The search is ours, and what it is told is not the program's.
      if (process.platform === "win32") Object.assign(process.env, PATH_ALONE);
      child = spawn(command, args, { env: own, stdio: inheritedStreams(args), windowsHide: false });
    } catch (cause) {
      // Node throws some errors of the system (E2BIG) and emits others.
      failed(cause);
      return;
    }
    child.once("error", failed);
    child.once("exit", (code, signal) => {
      stopForwarding();
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
  });

/**
 * Looks for a program where the system will, so that nobody signs in for one that is absent.
 *
 * @throws {Fault} `COMMAND_ABSENT`; what else is in the way of a program the system says when it is run.
 */
export function requireProgram(command: string, environment: Environment): void {
  if (!mayHaveProgram(command, environment)) throw notStarted(command, "ENOENT", environment);
}

/** The same as an answer; also true where only the system knows. */
export function mayHaveProgram(command: string, environment: Environment): boolean {
  const places = placesOf(command, environment);
  return places === null || !places.every(isNowhere);
}

/** Where the system looks for a program; null if only it knows: Windows tries more names, and without `PATH` there is a default. */
function placesOf(command: string, { PATH: path }: Environment): readonly string[] | null {
  if (process.platform === "win32" || path === undefined) return null;
  return command.includes("/") ? [command] : path.split(":").map((folder) => join(folder, command));
}

function isNowhere(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false }) === undefined;
  } catch (cause) {
    // Below what is no folder there is nothing: Node 24 says so itself.
    return systemErrorCode(cause) === "ENOTDIR";
  }
}

function forwardSignals(send: (signal: NodeJS.Signals) => void): () => void {
  const swallow = (): void => {};
  const terminalServesBoth = sharesTerminal();
  const handlers = new Map<NodeJS.Signals, () => void>();
  for (const signal of FROM_TERMINAL) handlers.set(signal, terminalServesBoth ? swallow : () => send(signal));
  if (process.platform !== "win32") for (const signal of FROM_OTHERS) handlers.set(signal, () => send(signal));
  for (const [signal, handler] of handlers) process.on(signal, handler);
  return () => {
    for (const [signal, handler] of handlers) process.off(signal, handler);
  };
}

/**
 * Whether Ctrl-C reaches us and our children alike: there is a controlling terminal, and we are in its foreground group. Node
 * gives no `siginfo`, so who sent a signal cannot be known, and this is asked once instead.
 */
function sharesTerminal(): boolean {
  if (process.platform === "win32") return true;
  try {
    if (process.platform === "linux") {
      const stat = procStat("self");
      return stat !== null && stat.terminal !== "0" && stat.group === stat.foreground;
    }
    closeSync(openSync("/dev/tty", "r"));
    return true;
  } catch {
    return false;
  }
}

/** Our three streams, and the pipes of `<(…)` that the arguments name: without this they would be closed. */
function inheritedStreams(args: readonly string[]): "inherit"[] {
  const streams: "inherit"[] = ["inherit", "inherit", "inherit"];
  for (const arg of args) {
    const descriptor = Number(/^\/dev\/fd\/(\d{1,4})$/.exec(arg)?.[1] ?? 0);
    if (descriptor > 2) streams[descriptor] = "inherit";
  }
  return streams;
}

/** @param environment the program's: its `PATH` is what was searched. */
function notStarted(command: string, code: string, environment: Environment, cause?: unknown): Fault {
  const found = placesOf(command, environment)?.find((place) => !isNowhere(place)) ?? null;
  const { code: faultCode, reason, hints } = whyNot(command, code, found);
  return new Fault(faultCode, `the program ${command} ${reason ?? `cannot be started (${code || String(cause)})`}`, {
    hints,
    cause,
    details: { command, reason: code },
  });
}

interface WhyNot {
  readonly code: "COMMAND_ABSENT" | "COMMAND_UNUSABLE";
  /** Absent: only the system's own code says why. */
  readonly reason?: string;
  readonly hints: readonly string[];
}

/** @param found where the program is; null if it is nowhere, or only the system knows. */
function whyNot(command: string, code: string, found: string | null): WhyNot {
  if (process.platform === "win32" && code !== "EACCES") {
    const hints = [
      ...(/\.(exe|com)$/i.test(command) ? [] : [`a batch file has to be run by its interpreter: \`cmd /c ${command} …\``]),
      ...(/[\\/]/.test(command) ? [] : [`one of this folder by its path: \`.\\${command}\``]),
    ];
    return code === "ENOENT" ? { code: "COMMAND_ABSENT", reason: ABSENT, hints } : { code: "COMMAND_UNUSABLE", hints };
  }
  if (code === "ENOENT" && found === null) return { code: "COMMAND_ABSENT", reason: ABSENT, hints: [] };
  const file = found ?? command;
  switch (code) {
    case "ENOENT":
      return {
        code: "COMMAND_UNUSABLE",
        reason: "is there, and what would have to run it is not",
        hints: [
          `a script names it in its first line, and a Windows line end there counts as part of the name: \`${shellCommand`head -n 1 ${file}`}\``,
        ],
      };
    case "ENOEXEC":
      return {
        code: "COMMAND_UNUSABLE",
        reason: "is in no form that the system runs",
        hints: [
          `a script's first line names what runs it, like \`#!/bin/sh\`; or type that: \`${shellCommand`-- sh ${file} …`}\``,
        ],
      };
    case "EACCES": {
      const { isFolder, isExecutable } = modeOf(file);
      return {
        code: "COMMAND_UNUSABLE",
        reason: isFolder ? "is a folder" : "cannot be executed",
        hints: isExecutable ? [] : [`if it is a program: \`${shellCommand`chmod +x ${file}`}\``],
      };
    }
    case "E2BIG":
      return { code: "COMMAND_UNUSABLE", reason: "was given more arguments than the system takes", hints: [] };
    default:
      return { code: "COMMAND_UNUSABLE", hints: [] };
  }
}

const ABSENT = "is not on this machine";

function modeOf(path: string): { readonly isFolder: boolean; readonly isExecutable: boolean } {
  const stats = statSync(path, { throwIfNoEntry: false });
  return { isFolder: stats?.isDirectory() === true, isExecutable: ((stats?.mode ?? 0o111) & 0o111) !== 0 };
}
