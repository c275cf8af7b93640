import type { FlagTable } from "./command.ts";

/** A word of the command line, or a flag with its value if it has one. */
export type Token =
  | {
      readonly kind: "word";
      readonly word: string;
      /** Whether it comes after `--`. */
      readonly literal?: true;
    }
  | {
      readonly kind: "flag";
      /** Without dashes; for a short flag that the table knows, its long name. */
      readonly name: string;
      /** As it was typed: `--profile`, `-p`. */
      readonly rawName: string;
      readonly value?: string;
      /** Whether the value is in the flag's own word: `--flag=value`, `-fvalue`. */
      readonly inline?: boolean;
    };

/**
 * Splits the words after a command's name as `parseArgs` of `node:util` does, which is the measure that a test holds it to:
 * `--flag value`, `--flag=value`, `-f value`, `-fvalue`, `-ab`, and everything after `--` as it is; but an id is a word. It judges nothing.
 *
 * Loading `node:util` for this takes a fifth of a cached call in the executable, and each pattern that is used once 5 µs.
 */
export function splitWords(words: readonly string[], flags: FlagTable): readonly Token[] {
  const tokens: Token[] = [];
  const left = [...words];
  for (let word = left.shift(); word !== undefined; word = left.shift()) {
    if (word === "--") return [...tokens, ...left.map((rest) => ({ kind: "word" as const, word: rest, literal: true as const }))];
    if (isId(word, flags)) tokens.push({ kind: "word", word });
    else if (word.startsWith("--")) tokens.push(longFlag(word, left, flags));
    else if (word.startsWith("-") && word.length > 1) tokens.push(...shortFlags(word.slice(1), left, flags));
    else tokens.push({ kind: "word", word });
  }
  return tokens;
}

/** A name has a character at least, whatever it is: `--=x` is a flag of the name `=x`. */
function longFlag(word: string, left: string[], flags: FlagTable): Token {
  const equals = word.indexOf("=", 3);
  if (equals === -1) return flagToken(word.slice(2), word, undefined, left, flags);
  return flagToken(word.slice(2, equals), word.slice(0, equals), word.slice(equals + 1), left, flags);
}

/** `-ab` is `-a -b` if `a` is a switch, and `a` with the value `b` if it takes one. */
function shortFlags(letters: string, left: string[], flags: FlagTable): readonly Token[] {
  const tokens: Token[] = [];
  for (let index = 0; index < letters.length; index += 1) {
    const letter = letters[index] ?? "";
    const name = longName(letter, flags);
    const inline = takesValue(name, flags) && index + 1 < letters.length ? letters.slice(index + 1) : undefined;
    tokens.push(flagToken(name, `-${letter}`, inline, left, flags));
    if (inline !== undefined) break;
  }
  return tokens;
}

function flagToken(name: string, rawName: string, inline: string | undefined, left: string[], flags: FlagTable): Token {
  if (inline !== undefined) return { kind: "flag", name, rawName, value: inline, inline: true };
  const value = takesValue(name, flags) ? left.shift() : undefined;
  return value === undefined ? { kind: "flag", name, rawName } : { kind: "flag", name, rawName, value, inline: false };
}

function longName(letter: string, flags: FlagTable): string {
  return Object.keys(flags).find((long) => flags[long]?.short === letter) ?? letter;
}

/**
 * One in 64 ids of keys, sessions and people begins with a dash: 16 bytes and more in base64url (RFC 4648 §5), such as thumbprints
 * (RFC 7638). No flag has a capital, a digit or an underscore; what follows `-p` may.
 */
export function isId(word: string, flags: FlagTable): boolean {
  if (word.length < 22 || !word.startsWith("-") || !/^[\w-]+$/.test(word) || !/[A-Z\d_]/.test(word)) return false;
  return !takesValue(longName(word[1] ?? "", flags), flags);
}

function takesValue(name: string, flags: FlagTable): boolean {
  return Object.hasOwn(flags, name) && flags[name]?.kind !== "switch";
}
