import type { Credentials } from "./credentials.ts";
import { shellCommand } from "./shell-command.ts";

/**
 * The command that hands out credentials of that kind, for somebody who typed one that does not.
 *
 * @param profile its name, if it is known.
 */
export function handOutHint(kind: Credentials["kind"], profile = "PROFILE"): string {
  return kind === "bearer"
    ? `\`${shellCommand`brevet token --profile ${profile}`}\` prints it`
    : `\`${shellCommand`brevet env ${profile}`}\` prints them as variables, \`${shellCommand`brevet exec ${profile} -- PROGRAM`}\` runs a program with them`;
}
