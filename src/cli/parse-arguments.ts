import { parseArgs } from "node:util";
import { Fault } from "../core/fault.ts";
import { nearest } from "../core/nearest.ts";
import type { Command, Flag, FlagTable, Given } from "./command.ts";

/**
 * The words after a command's name, as that command declares them. Words after `--` are never flags.
 *
 * @throws {Fault} `USAGE_INVALID` naming the flag or word, with the nearest flag there is.
 */
export function parseArguments(command: Command, words: readonly string[]): Given<FlagTable> {
  const options = Object.fromEntries(
    Object.entries<Flag>({ ...command.flags, help: HELP }).map(([name, flag]) => [
      name,
      {
        type: flag.kind === "switch" ? ("boolean" as const) : ("string" as const),
        multiple: flag.kind === "texts",
        ...(flag.short === undefined ? {} : { short: flag.short }),
      },
    ]),
  );
  const hint = `run \`brevet ${command.path} --help\``;
  const { values, positionals, tokens } = parseOrFault(
    () => parseArgs({ args: [...words], options, allowPositionals: true, strict: false, tokens: true }),
    hint,
  );
  for (const token of tokens) {
    if (token.kind === "option") checkFlag(token, { ...command.flags, help: HELP }, hint);
  }
  return { flags: flagValues(command.flags, values), ...assignWords(command, positionals, hint) };
}

const HELP = { kind: "switch", short: "h", doc: "show this help" } as const;

function parseOrFault<T>(read: () => T, hint: string): T {
  try {
    return read();
  } catch (cause) {
    throw new Fault("USAGE_INVALID", cause instanceof Error ? cause.message.toLowerCase() : "bad arguments", {
      cause,
      hints: [hint],
    });
  }
}

interface FlagToken {
  readonly name: string;
  readonly rawName: string;
  readonly value?: string | undefined;
  /** Whether the value stands in the flag's own word: `--flag=value`. */
  readonly inlineValue?: boolean | undefined;
}

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
  const forgotten = token.inlineValue === false && /^-\D/.test(token.value ?? "");
  if (token.value === undefined || token.value === "" || forgotten)
    throw new Fault("USAGE_INVALID", `${token.rawName} needs a value (${flag.value ?? "TEXT"})`, { hints: [hint] });
  if (flag.choices !== undefined && !flag.choices.includes(token.value)) {
    throw new Fault("USAGE_INVALID", `${token.rawName} is one of ${flag.choices.join(", ")}, not "${token.value}"`, {
      hints: [hint],
    });
  }
}

function flagValues(flags: FlagTable, values: Readonly<Record<string, unknown>>): Given<FlagTable>["flags"] {
  return Object.fromEntries(
    Object.entries(flags).map(([name, flag]) => {
      const value = values[name];
      if (flag.kind === "switch") return [name, value === true];
      if (flag.kind === "texts") return [name, Array.isArray(value) ? value : []];
      return [name, typeof value === "string" ? value : undefined];
    }),
  ) as Given<FlagTable>["flags"];
}

function assignWords(command: Command, given: readonly string[], hint: string): Pick<Given<FlagTable>, "words" | "rest"> {
  const words: Record<string, string> = {};
  const left = [...given];
  for (const positional of command.positionals ?? []) {
    if (positional.required && left.length === 0)
      throw new Fault("USAGE_INVALID", `\`brevet ${command.path}\` needs ${positional.name}: ${positional.doc}`, {
        hints: [hint],
      });
    if (positional.rest === true) return { words, rest: left };
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
