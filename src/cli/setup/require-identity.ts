import { Fault } from "../../core/fault.ts";
import type { Context } from "../command.ts";
import { selectIdentity } from "../select.ts";

/**
 * The identity that a setup is for. Where there is none yet, a person is offered to make one.
 *
 * @returns its name, even if it is the only one.
 * @throws {Fault} `CONFIG_ABSENT` where nobody can be asked, or the person does not want one; `IDENTITY_UNKNOWN`, `IDENTITY_AMBIGUOUS`.
 */
export async function requireIdentity(named: string | undefined, context: Context): Promise<string> {
  const { compose, terminal } = context;
  if ((await compose.config()).identities.size > 0 || named !== undefined)
    return selectIdentity(await compose.config(), named).name;
  if (terminal.hasPerson && (await terminal.confirm("this machine has no identity yet: make one now?", "yes"))) {
    const [{ command }, { parseArguments }] = await Promise.all([import("../commands/init.ts"), import("../parse-arguments.ts")]);
    await command.run(parseArguments(command, []), { ...context, output: () => undefined });
    compose.reread();
    return selectIdentity(await compose.config(), undefined).name;
  }
  throw new Fault("CONFIG_ABSENT", "there is no identity yet for which anything could be set up", {
    hints: ["run `brevet init` to make this device's, then the same command again"],
  });
}
