import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** The Chromium or Chrome on the PATH; null where there is none. */
export function findChromium(path = process.env["PATH"] ?? ""): string | null {
  for (const name of ["chromium", "chromium-browser", "google-chrome"]) {
    for (const folder of path.split(delimiter)) {
      try {
        accessSync(join(folder, name), constants.X_OK);
        return join(folder, name);
      } catch {
        // Looked for elsewhere.
      }
    }
  }
  return null;
}
