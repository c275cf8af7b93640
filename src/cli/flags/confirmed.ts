import { Fault } from "../../core/fault.ts";
import type { Context, FlagTable } from "../command.ts";

/** For changes that cannot be undone, or that others rely on. */
export const YES_FLAG = { yes: { kind: "switch", doc: "do not ask" } } as const satisfies FlagTable;

/**
 * Asks the person, unless they have said yes already.
 *
 * @param question looks at what it is about first, so that nobody is asked about something absent.
 * @throws {Fault} `INTERRUPTED` when they do not want it; `PERSON_ABSENT`; those of the look.
 */
export async function confirmed(yes: boolean, { terminal }: Context, question: () => Promise<string>): Promise<void> {
  if (yes || (await terminal.confirm(await question(), "no"))) return;
  throw new Fault("INTERRUPTED", "nothing was changed");
}

/**
 * Asks about what the beginning of an id means, unless they have said yes already.
 *
 * @param look finds it, and asks about it.
 * @returns what the change is to name: of what was found the full id, because another may begin in the same way by the time of the answer.
 * @throws {Fault} as {@link confirmed}.
 */
export async function confirmedId(
  yes: boolean,
  typed: string,
  context: Context,
  look: (typed: string) => Promise<{ readonly id: string; readonly question: string }>,
): Promise<string> {
  let meant = typed;
  await confirmed(yes, context, async () => {
    const { id, question } = await look(typed);
    meant = id;
    return question;
  });
  return meant;
}
