import { Fault } from "../core/fault.ts";
import { nearest, nearestOrShorter } from "../core/nearest.ts";
import { type Command, contradict, type Flag, type FlagTable, flagForm, type Given } from "./command.ts";
import { isId, splitWords, type Token } from "./split-words.ts";

/**
 * The words after a command's name, as that command declares them. Words after `--` are never flags.
 *
 * @throws {Fault} `USAGE_INVALID` naming the flag or word, with the nearest flag there is.
 */
export function parseArguments(command: Command, words: readonly string[]): Given<FlagTable> {
  const hint = `run \`brevet ${command.path} --help\``;
  const flags: FlagTable = { ...command.flags, help: HELP };
  const given: FlagToken[] = [];
  const standing: WordToken[] = [];
  for (const token of splitWords(words, flags)) {
    if (token.kind === "word") {
      standing.push(token);
    } else {
      checkFlag(token, flags, Object.hasOwn(flags, token.name) ? hint : hintForUnknown(command, token, hint));
      checkPlace(token, command, standing);
      given.push(token);
    }
  }
  for (const token of given) {
    if (flags[token.name]?.excludes !== undefined) checkExcluded(token, command, given, standing);
    if (flags[token.name]?.needs !== undefined) checkNeeded(token, command, given);
  }
  const assigned = assignWords(command, standing, hint);
  for (const name of Object.keys(command.flags)) if (command.flags[name]?.required) checkGiven(name, command, given, hint);
  return { flags: flagValues(command, given), ...assigned };
}

function checkExcluded(
  { name, rawName }: FlagToken,
  { path, flags, positionals = [] }: Command,
  given: readonly FlagToken[],
  standing: readonly WordToken[],
): void {
  const excludes = flags[name]?.excludes ?? [];
  const word = standing.find((_, index) => excludes.includes(positionals[index]?.name ?? ""));
  const other = given.find((token) => excludes.includes(token.name));
  if (word === undefined && other === undefined) return;
  throw new Fault("USAGE_INVALID", `${word === undefined ? other?.rawName : `"${word.word}"`} does not go with ${rawName}`, {
    hints: [`leave one of them out, or run \`brevet ${path} --help\``],
  });
}

function checkGiven(name: string, { path, flags }: Command, given: readonly FlagToken[], hint: string): void {
  const flag = flags[name];
  if (flag === undefined || given.some((token) => token.name === name)) return;
  throw new Fault("USAGE_INVALID", `\`brevet ${path}\` needs ${flagForm(name, flag)}: ${flag.doc}`, { hints: [hint] });
}

/** What is missing may be what another flag excludes: then that one is what the person meant, or the wrong one. */
function checkNeeded({ name, rawName }: FlagToken, { flags }: Command, given: readonly FlagToken[]): void {
  const { needs: needed = "", needsValue } = flags[name] ?? {};
  const flag = flags[needed];
  // The last one, as it is the one that counts.
  const there = given.findLast((token) => token.name === needed);
  if (flag === undefined || (there !== undefined && (needsValue === undefined || there.value === needsValue))) return;
  if (needsValue !== undefined) {
    const hints = [`\`--${needed} ${needsValue}\` takes it`, `or leave ${rawName} out`];
    throw new Fault("USAGE_INVALID", `${rawName} does not go without --${needed} ${needsValue}`, { hints });
  }
  const other = given.find((token) => contradict(needed, token.name, flags));
  const [what, place] =
    other === undefined ? [`without --${needed}`, ""] : [`with ${other.rawName}`, ` in place of ${other.rawName}`];
  throw new Fault("USAGE_INVALID", `${rawName} does not go ${what}`, {
    hints: [`\`${flagForm(needed, flag)}\`${place}: ${flag.doc}`, `or leave ${rawName} out`],
  });
}

const DASHES = "a program's own flags come after two dashes: `-- PROGRAM --flag`";

/** A flag that is unknown here most likely belongs to the program, and the two dashes were forgotten. */
function hintForUnknown(command: Command, { rawName }: FlagToken, hint: string): string {
  if (takesRest(command)) return DASHES;
  const couldBeName = command.positionals !== undefined && !rawName.startsWith("--");
  return couldBeName ? `${hint}; what begins with a dash and is no flag comes after two dashes: \`-- -NAME\`` : hint;
}

/** Behind the program it could be the program's: `brevet exec dev aws s3 ls --region us-west-2` would lose it in silence. */
function checkPlace({ rawName }: FlagToken, command: Command, standing: readonly WordToken[]): void {
  const program = standing[command.positionals?.findIndex(({ rest }) => rest === true) ?? -1];
  if (program === undefined) return;
  throw new Fault("USAGE_INVALID", `${rawName} stands behind "${program.word}", and could be that program's`, {
    hints: [DASHES],
  });
}

/** Every command has it. */
export const HELP: Flag<"switch"> = { kind: "switch", short: "h", doc: "show this help" };

type FlagToken = Extract<Token, { readonly kind: "flag" }>;
type WordToken = Extract<Token, { readonly kind: "word" }>;

function checkFlag(token: FlagToken, flags: FlagTable, hint: string): void {
  const flag = Object.hasOwn(flags, token.name) ? flags[token.name] : undefined;
  if (flag === undefined) {
    const meant = nearestOrShorter(token.name, Object.keys(flags));
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
  const forgotten = token.inline === false && looksLikeFlag(token.value ?? "") && !isId(token.value ?? "", flags);
  if (token.value === undefined || token.value === "" || forgotten)
    throw new Fault("USAGE_INVALID", `${token.rawName} needs a value (${flag.value ?? "TEXT"})`, { hints: [hint] });
  if (flag.choices !== undefined && !flag.choices.includes(token.value)) {
    const meant = nearest(token.value, flag.choices);
    throw new Fault("USAGE_INVALID", `${token.rawName} is one of ${flag.choices.join(", ")}, not "${token.value}"`, {
      hints: [meant === null ? hint : `did you mean \`${token.rawName} ${meant}\`?`],
    });
  }
}

/** A dash and anything but a digit: `-5` is a number. */
function looksLikeFlag(value: string): boolean {
  const [dash, next = "0"] = value;
  return dash === "-" && !(next >= "0" && next <= "9");
}

/** Of a `text` that is given twice the last one counts. */
function flagValues({ flags }: Command, given: readonly FlagToken[]): Given<FlagTable>["flags"] {
  const values: Record<string, boolean | string | undefined | readonly string[]> = {};
  for (const name of Object.keys(flags)) {
    const kind = flags[name]?.kind;
    values[name] = kind === "switch" ? false : kind === "texts" ? [] : undefined;
  }
  for (const { name, value } of given) {
    const kind = Object.hasOwn(flags, name) ? flags[name]?.kind : undefined;
    if (kind === "switch") values[name] = true;
    else if (kind === "text") values[name] = value;
    else if (kind === "texts") values[name] = [...(values[name] as readonly string[]), value ?? ""];
  }
  return values;
}

function takesRest({ positionals }: Command): boolean {
  return positionals?.some(({ rest }) => rest === true) ?? false;
}

/** Where a command takes no word at all, its first example shows what it takes instead. */
function howToGive({ positionals = [], examples = [] }: Command): readonly string[] {
  const [first] = examples;
  return positionals.length > 0 || first === undefined ? [] : [`for example: \`${first.line}\``];
}

/** Words after `--` go to the `rest` of a command that has one, and never to its other positionals. */
function assignWords(command: Command, given: readonly WordToken[], hint: string): Pick<Given<FlagTable>, "words" | "rest"> {
  const words: Record<string, string> = {};
  const keepsRest = takesRest(command);
  const left: string[] = [];
  const literal: string[] = [];
  for (const token of given) (keepsRest && token.literal === true ? literal : left).push(token.word);
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
    throw new Fault("USAGE_INVALID", `\`brevet ${command.path}\` does not take "${left[0]}"`, {
      hints: [...howToGive(command), hint],
    });
  return { words, rest: [] };
}
