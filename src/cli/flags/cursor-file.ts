import { existsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { Fault } from "../../core/fault.ts";
import { reading } from "../../platform/file-faults.ts";
import { readPlainText } from "../../platform/plain-file.ts";
import { privateFiles } from "../../platform/private-files.ts";

/** A file that remembers how far something was read; without a name, nothing is remembered. @throws {Fault} `FILE_UNWRITABLE`; those of a plain file. */
export function cursorFile(
  name: string | undefined,
  workingFolder: string,
): { read(): string | null; keep(cursor: string): void } {
  if (name === undefined) return { read: () => null, keep: () => undefined };
  const path = resolve(workingFolder, name);
  if (!existsSync(dirname(path))) {
    throw new Fault("FILE_UNWRITABLE", `${name} cannot be kept: there is no folder ${dirname(path)}`, {
      hints: ["name a file in a folder that is there: `--state FILE`"],
    });
  }
  return {
    read: () => (existsSync(path) ? reading(path, () => readPlainText(path)).trim() : null),
    keep: (cursor) => privateFiles().replace(path, Buffer.from(`${cursor}\n`)),
  };
}
