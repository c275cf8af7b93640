import { join } from "node:path";
import type { PrivateFiles } from "../../platform/private-files.ts";
import { isRunning } from "../../platform/processes/process-identity.ts";
import { randomHex } from "../../platform/random.ts";

/** The files of one run of `exec`, each its owner's alone, until they are removed. */
export interface RunFiles {
  /** Where a token is. */
  readonly token: string;
  /** Where the document is that tells a library where the token is. */
  readonly document: string;
  write(path: string, text: string): void;
  remove(): void;
}

/**
 * Names the files of this run.
 *
 * Those of runs that were killed are removed first: a token in them has ended, or ends within minutes, and the address in them leads
 * nowhere.
 *
 * @param folder in memory where the system has such a folder.
 */
export function openRunFiles(folder: string, files: PrivateFiles): RunFiles {
  files.ensureFolder(folder);
  for (const name of files.list(folder)) {
    const pid = Number(/^(\d+)-[0-9a-f]{12}\.(?:jwt|json)$/.exec(name)?.[1] ?? Number.NaN);
    if (pid > 0 && !isRunning(pid)) files.remove(join(folder, name));
  }
  const stem = join(folder, `${process.pid}-${randomHex(6)}`);
  const [token, document] = [`${stem}.jwt`, `${stem}.json`];
  return {
    token,
    document,
    write: (path, text) => files.replace(path, Buffer.from(text), "passing"),
    remove() {
      files.remove(token);
      files.remove(document);
    },
  };
}
