import type { CommandEntry, FoundCommand } from "./command.ts";
import { command as credentialAws } from "./commands/credential-aws.ts";

/** What most calls are: the only command that is loaded before it is typed. */
export const CREDENTIAL_AWS: CommandEntry<"credential aws"> = {
  path: "credential aws",
  load: async () => ({ command: credentialAws }),
};

/**
 * The command that the words begin with, and the words that are left; null if there is none. The list of all commands, with a function
 * for each, is made when another one than {@link CREDENTIAL_AWS} is typed.
 */
export async function typedCommand(words: readonly string[]): Promise<FoundCommand | null> {
  const [group, name, ...rest] = words;
  if (group === "credential" && name === "aws") return { entry: CREDENTIAL_AWS, rest };
  // No command begins with a flag, so `--version` needs no list.
  if (group?.startsWith("-")) return null;
  return (await import("./commands.ts")).findCommand(words);
}
