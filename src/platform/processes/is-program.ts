import { accessSync, constants } from "node:fs";

/** Whether a file is there that this user may run. On Windows it is enough that the file is there. */
export function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
