import type { Environment } from "../../platform/paths.ts";
import { runProgram } from "../../platform/processes/run-program.ts";
import { scrubbedEnvironment } from "../../platform/processes/scrubbed-environment.ts";
import { parseCommand } from "./options.ts";

/** Long enough to find a key and touch it; what calls a credential process kills it after a minute. */
export const DEADLINE_SECONDS = 30;

/** A program with the environment that it may see; each call runs it once, as a signer is run. */
export function openProgram(settings: {
  readonly command: readonly string[];
  readonly asked: readonly string[];
  readonly environment: Environment;
}): (request: string) => Promise<string> {
  const command = parseCommand(settings.command, "the command");
  const environment = scrubbedEnvironment(settings.environment, settings.asked);
  return (request) => runProgram({ command, environment, deadlineSeconds: DEADLINE_SECONDS }, request);
}
