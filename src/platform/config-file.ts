import { closeSync, constants, fstatSync, openSync, readFileSync } from "node:fs";
import { Fault } from "../core/fault.ts";

/** Permissions that nobody but the owner may have on the config. */
const OTHERS = 0o077;

/**
 * The text of the config file; null when there is none.
 *
 * Who can write the config chooses the program that a signer of kind `command` runs and the endpoint that tokens go to;
 * who can read it learns where to knock. So it has to be the user's own, and closed to everybody else.
 *
 * @throws {Fault} `CONFIG_EXPOSED`, `FILE_UNREADABLE`.
 */
export function readConfigFile(file: string): string | null {
  let descriptor: number;
  try {
    descriptor = openSync(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw new Fault("FILE_UNREADABLE", `the config ${file} cannot be read (${(cause as NodeJS.ErrnoException).code})`, { cause });
  }
  try {
    const facts = fstatSync(descriptor);
    if (!facts.isFile() && !facts.isDirectory()) throw new Fault("FILE_UNSAFE", `the config ${file} is no plain file`);
    checkClosed(file, descriptor);
    return readFileSync(descriptor, "utf8");
  } catch (cause) {
    if (cause instanceof Fault) throw cause;
    throw new Fault("FILE_UNREADABLE", `the config ${file} cannot be read (${(cause as NodeJS.ErrnoException).code})`, { cause });
  } finally {
    closeSync(descriptor);
  }
}

function checkClosed(file: string, descriptor: number): void {
  const user = process.getuid?.();
  if (user === undefined) return;
  const { mode, uid } = fstatSync(descriptor);
  if (uid !== user && uid !== 0) {
    throw new Fault("CONFIG_EXPOSED", `the config ${file} belongs to another user`, { hints: [`run \`chown ${user} ${file}\``] });
  }
  if ((mode & OTHERS) !== 0) {
    throw new Fault("CONFIG_EXPOSED", `the config ${file} is open to other users (mode ${(mode & 0o777).toString(8)})`, {
      hints: [`run \`chmod 600 ${file}\``],
    });
  }
}
