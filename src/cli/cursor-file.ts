import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { privateFiles } from "../platform/files.ts";

/** A file that remembers how far something was read; without a name, nothing is remembered. */
export function cursorFile(
  name: string | undefined,
  workingFolder: string,
): { read(): string | null; keep(cursor: string): void } {
  if (name === undefined) return { read: () => null, keep: () => undefined };
  const path = resolve(workingFolder, name);
  return {
    read: () => (existsSync(path) ? readFileSync(path, "utf8").trim() : null),
    keep: (cursor) => privateFiles().replace(path, Buffer.from(`${cursor}\n`)),
  };
}
