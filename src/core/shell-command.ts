import { posixWord } from "./posix-word.ts";
import { isTypeable, visibleJson } from "./visible.ts";

/** What is put into a command: a word or the rest of one, or several words. */
export type CommandValue = string | number | readonly string[];

/**
 * A command that a person may paste, as a template's tag: `shellCommand` gives each value to the program as it is, whatever it
 * holds. A value that cannot be seen goes into no command: a person who pastes it could not tell what it means.
 */
export function shellCommand(parts: TemplateStringsArray, ...values: readonly CommandValue[]): string {
  const words = values.map((value) => [value].flat().map(String));
  const unseen = words.flat().find((word) => !isTypeable(word));
  if (unseen !== undefined) return `no command is offered for ${visibleJson(unseen)}, which is not all seen on a line`;
  return String.raw({ raw: parts }, ...words.map((each) => each.map(posixWord).join(" ")));
}
