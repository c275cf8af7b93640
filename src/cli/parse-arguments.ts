import { Fault } from "../core/fault.ts";
import { nearest } from "../core/nearest.ts";
import type { Command, Flag, FlagTable, Given } from "./command.ts";
import { splitWords, type Token } from "./split-words.ts";

/**
 * The words after a command's name, as that command declares them. Words after `--` are never flags.
 *
 * @throws {Fault} `USAGE_INVALID` naming the flag or word, with the nearest flag there is.
 */
export function parseArguments(command: Command, words: readonly string[]): Given<FlagTable> {
  const hint = `run \`brevet ${command.path} --help\``;
  const flags: FlagTable = { ...command.flags, help: HELP };
  const tokens = splitKeyIds(words, flags);
  const given = tokens.filter((token) => token.kind === "flag");
  const separator = "a program's own flags come after two dashes: `-- PROGRAM --flag`";
  const unknown = command.positionals?.some(({ rest }) => rest === true) ? separator : hint;
  for (const token of given) checkFlag(token, flags, Object.hasOwn(flags, token.name) ? hint : unknown);
  const standing = tokens.filter((token) => token.kind === "word");
  return { flags: flagValues(command.flags, given), ...assignWords(command, standing, hint) };
}

/** One in 64 ids of keys begins with a dash (RFC 7638 thumbprints, base64url): it is a word and no flag. */
function splitKeyIds(words: readonly string[], flags: FlagTable): readonly Token[] {
  const separator = words.indexOf("--");
  const isKeyId = (word: string, index: number): boolean =>
    word.length === 43 && (separator === -1 || index < separator) && /^-[\w-]+$/.test(word);
  const ids = words.filter(isKeyId).map((word) => ({ kind: "word", word }) as const);
  return ids.length === 0
    ? splitWords(words, flags)
    : [
        ...ids,
        ...splitWords(
          words.filter((word, index) => !isKeyId(word, index)),
          flags,
        ),
      ];
}

const HELP: Flag<"switch"> = { kind: "switch", short: "h", doc: "show this help" };

type FlagToken = Extract<Token, { readonly kind: "flag" }>;
type WordToken = Extract<Token, { readonly kind: "word" }>;

function checkFlag(token: FlagToken, flags: FlagTable, hint: string): void {
  const flag = Object.hasOwn(flags, token.name) ? flags[token.name] : undefined;
  if (flag === undefined) {
    const meant = nearest(token.name, Object.keys(flags));
    throw new Fault("USAGE_INVALID", `there is no flag ${token.rawName} here`, {
      hints: [meant === null ? hint : `did you mean --${meant}?`],
    });
  }
  if (flag.kind === "switch") {
    if (token.value !== undefined)
      throw new Fault("USAGE_INVALID", `${token.rawName} takes no value, and was given "${token.value}"`, { hints: [hint] });
    return;
  }
  // A value that looks like a flag is a forgotten value far more often than it is meant; `--flag=-value` says that it is.
  const forgotten = token.inline === false && /^-\D/.test(token.value ?? "");
  if (token.value === undefined || token.value === "" || forgotten)
    throw new Fault("USAGE_INVALID", `${token.rawName} needs a value (${flag.value ?? "TEXT"})`, { hints: [hint] });
  if (flag.choices !== undefined && !flag.choices.includes(token.value)) {
    throw new Fault("USAGE_INVALID", `${token.rawName} is one of ${flag.choices.join(", ")}, not "${token.value}"`, {
      hints: [hint],
    });
  }
}

/** Of a `text` that is given twice the last one counts. */
function flagValues(flags: FlagTable, given: readonly FlagToken[]): Given<FlagTable>["flags"] {
  return Object.fromEntries(
    Object.entries(flags).map(([name, flag]) => {
      const tokens = given.filter((token) => token.name === name);
      if (flag.kind === "switch") return [name, tokens.length > 0];
      if (flag.kind === "texts") return [name, tokens.map(({ value }) => value)];
      return [name, tokens.at(-1)?.value];
    }),
  );
}

/** What stands after `--` is for the `rest` of a command that has one, and is never taken for one of its own words. */
function assignWords(command: Command, given: readonly WordToken[], hint: string): Pick<Given<FlagTable>, "words" | "rest"> {
  const words: Record<string, string> = {};
  const keepsRest = command.positionals?.some(({ rest }) => rest === true) ?? false;
  const left = given.filter(({ literal }) => literal !== true || !keepsRest).map(({ word }) => word);
  const literal = keepsRest ? given.filter((token) => token.literal === true).map(({ word }) => word) : [];
  for (const positional of command.positionals ?? []) {
    if (positional.required && left.length === 0 && (positional.rest !== true || literal.length === 0))
      throw new Fault("USAGE_INVALID", `\`brevet ${command.path}\` needs ${positional.name}: ${positional.doc}`, {
        hints: [hint],
      });
    if (positional.rest === true) return { words, rest: [...left, ...literal] };
    const word = left.shift();
    if (word === undefined) continue;
    if (positional.choices?.includes(word) === false)
      throw new Fault("USAGE_INVALID", `${positional.name} is one of ${positional.choices.join(", ")}, not "${word}"`, {
        hints: [hint],
      });
    words[positional.name] = word;
  }
  if (left.length > 0)
    throw new Fault("USAGE_INVALID", `\`brevet ${command.path}\` does not take "${left[0]}"`, { hints: [hint] });
  return { words, rest: [] };
}
