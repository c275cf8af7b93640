import { dirname } from "node:path";
import { textOf } from "../core/bytes.ts";
import { Fault } from "../core/fault.ts";
import { posixWord } from "../core/posix-word.ts";
import type { FileFacts } from "./file-calls.ts";
import { withPlainFile } from "./plain-file.ts";
import { systemErrorCode } from "./system-error.ts";

/** Permissions that nobody but the owner may have on the config. */
const OTHERS = 0o077;

/**
 * The text of the config file; null when there is none.
 *
 * Whoever can write the config chooses the program that a signer of kind `command` runs and the endpoint that tokens go to;
 * whoever can read it learns what to attack. So it has to be the user's own, and closed to everybody else.
 *
 * @throws {Fault} `CONFIG_EXPOSED`, `FILE_UNREADABLE`, `FILE_UNSAFE`.
 */
export function readConfigFile(file: string): string | null {
  try {
    return withPlainFile(file, ({ facts, read }) => {
      // Before the modes: nobody should be told to take the rights off a folder.
      if (facts.kind === "folder") throw new Fault("FILE_UNREADABLE", `the config ${file} is a folder`);
      checkClosed(file, facts);
      return textOf(read());
    });
  } catch (cause) {
    if (cause instanceof Fault) throw cause;
    if (systemErrorCode(cause) === "ENOENT") return null;
    const code = systemErrorCode(cause);
    const hint =
      code === "ENOTDIR"
        ? `\`ls -ld ${posixWord(dirname(file))}\`: it has to be a folder, and so has each above it`
        : `look at it: \`ls -l ${posixWord(file)}\``;
    throw new Fault("FILE_UNREADABLE", `the config ${file} cannot be read (${code})`, { cause, hints: [hint] });
  }
}

function checkClosed(file: string, { mode, ownerId }: FileFacts): void {
  const user = process.getuid?.();
  if (user === undefined) return;
  if (ownerId !== user && ownerId !== 0) {
    throw new Fault("CONFIG_EXPOSED", `the config ${file} belongs to another user`, {
      hints: [`run \`chown ${user} ${posixWord(file)}\``],
    });
  }
  if ((mode & OTHERS) !== 0) {
    throw new Fault("CONFIG_EXPOSED", `the config ${file} is open to other users (mode ${mode.toString(8)})`, {
      hints: [`run \`chmod 600 ${posixWord(file)}\``],
    });
  }
}
