import { existsSync } from "node:fs";
import { isAbsolute, resolve } from "node:path";
import { Fault } from "../../core/fault.ts";
import { ownProgram } from "../../platform/processes/own-program.ts";
import { shortPath } from "../../platform/processes/short-path.ts";
import { ownCommand } from "../../setup/own-command.ts";
import type { Context } from "../command.ts";

/**
 * The words that start brevet, for the configuration of another program. What the user named is taken as it is; otherwise it is
 * the program that runs now, which has to be there tomorrow too.
 *
 * @throws {Fault} `USAGE_INVALID`, `COMMAND_UNSTABLE`.
 */
export function writtenProgram(
  named: string | undefined,
  { environment, workingFolder }: Pick<Context, "environment" | "workingFolder">,
): readonly string[] {
  const own = ownProgram(environment);
  if (named === undefined) return ownCommand(own).map((path) => shortPath(path));
  const file = isAbsolute(named) ? named : resolve(workingFolder, named);
  if (!existsSync(file)) throw new Fault("USAGE_INVALID", `there is no program ${file}`);
  return (/\.[cm]?js$/.test(file) ? [own.executable, file] : [file]).map((path) => shortPath(path));
}
