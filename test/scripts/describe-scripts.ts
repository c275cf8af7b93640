import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, test } from "node:test";
import { parseScript } from "./parse-script.ts";
import type { Program } from "./program.ts";
import { runScript } from "./run-script.ts";

/** A test for each of the scripts against that program; by default each of this folder, or those that `BREVET_TRANSCRIPTS` names. */
export function describeScripts(program: Program, names: readonly string[] = scriptNames()): void {
  describe(`scripts against ${program.name}`, { concurrency: 2 }, () => {
    for (const name of names) {
      test(name, () => runScript(parseScript(readFileSync(join(import.meta.dirname, name), "utf8")), program));
    }
  });
}

function scriptNames(): readonly string[] {
  const asked = process.env["BREVET_TRANSCRIPTS"]?.split(" ").map((path) => basename(path));
  return asked ?? readdirSync(import.meta.dirname).filter((file) => file.endsWith(".txt"));
}
