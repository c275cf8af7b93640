import { writeFileSync } from "node:fs";
import { join } from "node:path";

const TOP = join(import.meta.dirname, "../..");

/** Makes the program for `BROWSER` that signs in whom `PERSON` names, without a screen; see `person-child.ts`. */
export function browserProgram(home: string): string {
  const program = join(home, "browser");
  const words = [process.execPath, "--import", join(TOP, "node_modules/tsx/dist/loader.mjs")];
  const child = join(import.meta.dirname, "person-child.ts");
  writeFileSync(program, `#!/bin/sh\nexec ${[...words, child].map((word) => `'${word}'`).join(" ")} "$@"\n`, { mode: 0o755 });
  return program;
}
