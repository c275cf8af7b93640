import { type Command, contradict, type Flag, type FlagTable } from "../command.ts";
import { findCommand, LISTED } from "../commands.ts";
import { HELP } from "../parse-arguments.ts";
import { splitWords } from "../split-words.ts";
import { SUMMARIES } from "../summaries.ts";

/** What could be typed at the cursor. */
export interface Candidate {
  readonly word: string;
  /** For shells that show one. */
  readonly doc: string;
}

/** The names in the config; empty when it cannot be read, because completion must not complain. */
export interface KnownNames {
  readonly profiles: readonly string[];
  readonly identities: readonly string[];
}

/**
 * The words that can complete `current`, which follows `before`; none where the shell is to offer files. For a value in the
 * flag's own word (`--shell=fi`) the candidates are whole words too.
 */
export async function candidates(
  before: readonly string[],
  current: string,
  names: () => Promise<KnownNames>,
): Promise<readonly Candidate[]> {
  const found = findCommand(before);
  const deeper = nextWords(before);
  if (found === null) return startingWith(current, current.startsWith("-") ? PROGRAM_FLAGS : deeper);
  if (found.rest.includes("--")) return [];
  const { command } = await found.entry.load();
  const own = found.rest.length === 0 ? deeper : [];
  return startingWith(current, [...own, ...(await ofCommand(command, found.rest, current, names))]);
}

const PROGRAM_FLAGS: readonly Candidate[] = [
  { word: "--help", doc: "the list of commands" },
  { word: "--version", doc: "the version of brevet" },
];

/** The next words of the commands whose names begin with these. */
function nextWords(before: readonly string[]): readonly Candidate[] {
  const next = new Map<string, string>();
  for (const { path } of LISTED) {
    const words = path.split(" ");
    const word = words[before.length];
    if (word === undefined || !before.every((each, index) => words[index] === each)) continue;
    if (words.length === before.length + 1) next.set(word, SUMMARIES[path]);
    else next.set(word, [next.get(word), words.slice(before.length + 1).join(" ")].filter(Boolean).join(", "));
  }
  return [...next].map(([word, doc]) => ({ word, doc }));
}

async function ofCommand(
  command: Command,
  given: readonly string[],
  current: string,
  names: () => Promise<KnownNames>,
): Promise<readonly Candidate[]> {
  const flags: FlagTable = { ...command.flags, help: HELP };
  const [, inline] = /^--([^=]+)=/.exec(current) ?? [];
  if (inline !== undefined) {
    const values = flags[inline] === undefined ? [] : await valuesOf(inline, flags[inline], names);
    return values.map((value) => ({ word: `--${inline}=${value}`, doc: "" }));
  }
  const waiting = flagThatWaits(given.at(-1), flags);
  if (waiting !== null) return (await valuesOf(waiting[0], waiting[1], names)).map((word) => ({ word, doc: "" }));
  const { used, words } = readGiven(given, flags);
  const flagWords = Object.entries(flags)
    .filter(([name, { kind }]) => (kind === "texts" || !used.has(name)) && ![...used].some((one) => contradict(one, name, flags)))
    .map(([name, { doc }]) => ({ word: `--${name}`, doc }));
  if (current.startsWith("-")) return flagWords;
  const positional = command.positionals?.[words];
  if (positional === undefined) return current === "" && command.positionals === undefined ? flagWords : [];
  return (positional.choices ?? (await namesFor(positional.name, names))).map((word) => ({ word, doc: "" }));
}

/** The flag whose value is at the cursor. */
function flagThatWaits(last: string | undefined, flags: FlagTable): readonly [string, Flag] | null {
  if (last === undefined || !last.startsWith("-") || last.includes("=")) return null;
  const entry = Object.entries(flags).find(([name, { short }]) => last === `--${name}` || last === `-${short}`);
  return entry === undefined || entry[1].kind === "switch" ? null : entry;
}

async function valuesOf(name: string, flag: Flag, names: () => Promise<KnownNames>): Promise<readonly string[]> {
  return flag.choices ?? namesFor(name, names);
}

async function namesFor(word: string, names: () => Promise<KnownNames>): Promise<readonly string[]> {
  const noun = word.toLowerCase();
  if (noun === "profile" || noun === "via") return (await names()).profiles;
  return noun === "identity" ? (await names()).identities : [];
}

/** The flags that were given, and how many other words. */
function readGiven(given: readonly string[], flags: FlagTable): { readonly used: ReadonlySet<string>; readonly words: number } {
  const tokens = splitWords(given, flags);
  const used = tokens.flatMap((token) => (token.kind === "flag" ? [token.name] : []));
  return { used: new Set(used), words: tokens.filter(({ kind }) => kind === "word").length };
}

function startingWith(current: string, all: readonly Candidate[]): readonly Candidate[] {
  return all.filter(({ word }) => word.startsWith(current));
}
