import { readFileSync } from "node:fs";
import { basename } from "node:path";
import type { Environment } from "../paths.ts";
import { procStat } from "./proc-stat.ts";

/** Shells, which SDKs start a credential process through, so that they are between brevet and the asking program. */
const BETWEEN = new Set(["sh", "bash", "dash", "zsh", "fish", "cmd", "cmd.exe", "env", "brevet", "npm exec brevet"]);

/** Runtimes whose own name says nothing; the script that they run does. */
const RUNTIMES = new Set(["python", "python3", "node", "ruby", "java", "bun", "deno"]);

const MAX_STEPS = 6;

/**
 * The name of the program that had us started, for a person: `aws`, `terraform`. It is what that program says of itself, so
 * nothing may be decided by it.
 *
 * @returns null where it cannot be told.
 */
export function callingProgram(environment: Environment): string | null {
  let pid = process.ppid;
  for (let step = 0; step < MAX_STEPS && pid > 1; step += 1) {
    const found = lookAt(pid);
    if (found === null) break;
    if (!BETWEEN.has(found.name)) return found.name.slice(0, 60);
    pid = found.parent;
  }
  return environment["AWS_EXECUTION_ENV"] ?? null;
}

function lookAt(pid: number): { readonly name: string; readonly parent: number } | null {
  try {
    const words = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
    return { name: nameOf(words), parent: procStat(pid)?.parent ?? 0 };
  } catch {
    return null;
  }
}

function nameOf([program = "", ...args]: readonly string[]): string {
  const name = basename(program).replace(/^-/, "");
  if (!RUNTIMES.has(name.replace(/[\d.]+$/, "")) && !RUNTIMES.has(name)) return name;
  const script = args.find((word) => word !== "" && !word.startsWith("-"));
  return script === undefined ? name : basename(script);
}
