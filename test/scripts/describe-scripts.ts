import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { parseScript } from "./parse-script.ts";
import type { Program } from "./program.ts";
import { runScript } from "./run-script.ts";

/** A test for each script of this folder, against that program. */
export function describeScripts(program: Program): void {
  describe(`scripts against ${program.name}`, { concurrency: 2 }, () => {
    for (const name of readdirSync(import.meta.dirname).filter((file) => file.endsWith(".txt"))) {
      test(name, () => runScript(parseScript(readFileSync(join(import.meta.dirname, name), "utf8")), program));
    }
  });
}
