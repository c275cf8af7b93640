import { realpathSync } from "node:fs";
import { join } from "node:path";
import { readConfigFile } from "../platform/config-file.ts";
import type { PrivateFiles } from "../platform/files.ts";
import type { Paths } from "../platform/paths.ts";
import { type Config, EMPTY_CONFIG } from "../wire/brevet-config/config.ts";
import { parseConfig } from "../wire/brevet-config/parse.ts";

/** The config as it is now. @throws {Fault} what reading and parsing raise. */
export function readConfig(file: string): Config {
  const text = readConfigFile(file);
  return text === null ? EMPTY_CONFIG : parseConfig(text, file);
}

/**
 * Changes the text of the config while no other process does. If the config is a link, what it points to is changed:
 * people keep it in a repository of their own.
 *
 * @throws {Fault} if the config cannot be read, or could not be read any more after the edit; then nothing is changed.
 */
export async function editConfigFile(files: PrivateFiles, paths: Paths, edit: (text: string) => string): Promise<void> {
  const { withFileLock } = await import("../platform/lock.ts");
  const lock = {
    folders: [join(paths.stateFolder, "locks")],
    name: "config.lock",
    purpose: "edits the config",
    patienceSeconds: 10,
  };
  await withFileLock(files, { ...lock, waiting: () => undefined }, async () => {
    const text = readConfigFile(paths.configFile);
    const edited = edit(text ?? "");
    parseConfig(edited, paths.configFile);
    files.replace(text === null ? paths.configFile : realpathSync(paths.configFile), Buffer.from(edited, "utf8"));
  });
}
