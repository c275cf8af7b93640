import { Fault } from "../../core/fault.ts";
import { shellCommand } from "../../core/shell-command.ts";
import type { Positional } from "../command.ts";

/** Who, and of which group. */
interface Membership {
  readonly group: string;
  readonly person: string;
}

/** The words of the commands that change who is in a group. */
export function membershipWords(groupDoc: string): readonly Positional[] {
  return [
    { name: "GROUP", doc: groupDoc, required: true },
    { name: "PERSON", doc: "their e-mail address or id", required: true },
  ];
}

/**
 * The group and the person that the words name.
 *
 * @param command for the hint: `brevet admin groups add`.
 * @throws {Fault} `USAGE_INVALID` for an address in the place of the group, whose name never has an `@`.
 */
export function membershipOf(
  { GROUP: group = "", PERSON: person = "" }: Readonly<Record<string, string>>,
  command: string,
): Membership {
  if (!group.includes("@") || person.includes("@")) return { group, person };
  throw new Fault("USAGE_INVALID", `"${group}" stands where the group's name belongs, and "${person}" where the person does`, {
    hints: [`the group comes first: \`${command} ${shellCommand`${person} ${group}`}\``],
  });
}
