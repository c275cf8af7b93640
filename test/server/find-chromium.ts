import { delimiter, join } from "node:path";
import { isProgram } from "../../src/platform/processes/is-program.ts";

/** The Chromium or Chrome on the PATH; null where there is none. */
export function findChromium(path = process.env["PATH"] ?? ""): string | null {
  for (const name of ["chromium", "chromium-browser", "google-chrome"]) {
    for (const folder of path.split(delimiter)) {
      const program = join(folder, name);
      if (isProgram(program)) return program;
    }
  }
  return null;
}
