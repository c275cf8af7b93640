import { join, resolve } from "node:path";
import type { Paths } from "../../platform/paths.ts";

/** The flags by which a command names a login server's data. */
export const SERVER_FLAGS = {
  data: { kind: "text", value: "DIR", doc: "the server's data folder; default: in brevet's state folder" },
  database: { kind: "text", value: "URL", doc: "its database, if server.json in the data folder does not name it" },
} as const;

/** The data folder that was named, or the one that `brevet serve` uses. */
export function serverFolder(named: string | undefined, paths: Paths, workingFolder: string): string {
  return named === undefined ? join(paths.stateFolder, "server") : resolve(workingFolder, named);
}
