import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { childProgram } from "../child-program.ts";

/** Makes the program for `BROWSER` that signs in whom `PERSON` names, without a screen; see `person-child.ts`. */
export function browserProgram(home: string): string {
  const program = join(home, "browser");
  const words = childProgram(join(import.meta.dirname, "person-child.ts"));
  writeFileSync(program, `#!/bin/sh\nexec ${words.map((word) => `'${word}'`).join(" ")} "$@"\n`, { mode: 0o755 });
  return program;
}
