import { realpathSync } from "node:fs";
import { join } from "node:path";
import { readConfigFile } from "../platform/config-file.ts";
import type { Paths } from "../platform/paths.ts";
import type { PrivateFiles } from "../platform/private-files.ts";
import { type Config, emptyConfig } from "../wire/brevet-config/config.ts";
import { parseConfigValue } from "../wire/brevet-config/parse-value.ts";
import { readPlain } from "../wire/brevet-config/read-plain.ts";

/** The config as it is now. The careful parser is loaded for a text that needs it. @throws {Fault} what reading and parsing raise. */
export async function readConfig(file: string): Promise<Config> {
  const text = readConfigFile(file);
  if (text === null) return emptyConfig(file);
  const plain = readPlain(text);
  if (plain !== undefined) return parseConfigValue(plain, file);
  const { parseConfig } = await import("../wire/brevet-config/parse.ts");
  return parseConfig(text, file);
}

/**
 * Changes the text of the config while no other process does. If the config is a link, what it points to is changed:
 * people keep it in a repository of their own.
 *
 * @throws {Fault} if the config cannot be read, or could not be read any more after the edit; then nothing is changed.
 */
export async function editConfigFile(files: PrivateFiles, paths: Paths, edit: (text: string) => string): Promise<void> {
  const [{ withFileLock }, { parseConfig }] = await Promise.all([
    import("../platform/lock.ts"),
    import("../wire/brevet-config/parse.ts"),
  ]);
  const lock = {
    folders: [() => join(paths.stateFolder, "locks")],
    name: "config.lock",
    purpose: "edits the config",
    patienceSeconds: 10,
  };
  await withFileLock(files, lock, async () => {
    const text = readConfigFile(paths.configFile);
    const edited = edit(text ?? "");
    parseConfig(edited, paths.configFile);
    files.replace(text === null ? paths.configFile : realpathSync(paths.configFile), Buffer.from(edited, "utf8"));
  });
}
