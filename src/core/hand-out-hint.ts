import type { Credentials } from "./credentials.ts";
import { shellCommand } from "./shell-command.ts";

/**
 * What hands out credentials of that kind, for a person who asked something for them that does not.
 *
 * @param profile its name, where it is known.
 */
export function handOutHint(kind: Credentials["kind"], profile = "PROFILE"): string {
  return kind === "bearer"
    ? `\`${shellCommand`brevet token --profile ${profile}`}\` prints it`
    : `\`${shellCommand`brevet env ${profile}`}\` prints them as variables, \`${shellCommand`brevet exec ${profile} -- PROGRAM`}\` runs a program with them`;
}
