import type { Output } from "../core/outlet.ts";
import type { Terminal } from "../core/terminal.ts";
import type { Environment, Paths } from "../platform/paths.ts";
import type { Composition } from "./composition.ts";
import type { CommandPath } from "./summaries.ts";

/** `text` takes one value, `texts` may be given several times, `switch` takes none. */
export type FlagKind = "text" | "texts" | "switch";

export interface Flag<Kind extends FlagKind = FlagKind> {
  readonly kind: Kind;
  /** What stands for the value in the help: `ARN`. */
  readonly value?: string;
  readonly short?: string;
  /** One line: what it does, its unit and its default. */
  readonly doc: string;
  /** The only values there are, for the help, for completion and for the check. */
  readonly choices?: readonly string[];
  /** The heading in the help for flags that need the same thing; absent: under `flags`. */
  readonly group?: string;
  /** Whether the command does nothing without it. */
  readonly required?: true;
  /** Flags, and arguments by their names, that contradict this one or have no effect with it. */
  readonly excludes?: readonly string[];
  /** The flag without which this one has no effect. */
  readonly needs?: string;
  /** The one value of that flag with which this one has an effect; absent: any. */
  readonly needsValue?: string;
}

/** How a flag is typed: `--role ARN`. */
export function flagForm(name: string, { kind, value = "TEXT" }: Flag): string {
  return kind === "switch" ? `--${name}` : `--${name} ${value}`;
}

/** Flags by the name that is typed after `--`. */
export type FlagTable = Readonly<Record<string, Flag>>;

/** Of a table that is not known, any value that there is. */
type FlagValue<Kind, Required> = Kind extends "switch"
  ? boolean
  : Kind extends "texts"
    ? readonly string[]
    : Required extends true
      ? string
      : string | undefined;

/** Whether two flags of a table do not go together, whichever of them says so. */
export function contradict(one: string, other: string, flags: FlagTable): boolean {
  const excludes = (name: string): readonly string[] => (Object.hasOwn(flags, name) ? (flags[name]?.excludes ?? []) : []);
  return excludes(one).includes(other) || excludes(other).includes(one);
}

/** What the user gave: a switch is false and `texts` empty when absent. */
export type FlagValues<Flags extends FlagTable> = {
  readonly [Name in keyof Flags]: FlagValue<Flags[Name]["kind"], Flags[Name]["required"]>;
};

export interface Positional {
  readonly name: string;
  readonly doc: string;
  readonly required: boolean;
  /** The only values there are. */
  readonly choices?: readonly string[];
  /** The last one may take all the words that are left. */
  readonly rest?: boolean;
}

export interface Example {
  readonly line: string;
  readonly does: string;
}

/** What a command has of the world. Nothing in it is opened before it is used. */
export interface Context {
  readonly environment: Environment;
  readonly paths: Paths;
  readonly terminal: Terminal;
  /** stdout: the machine's. The whole answer in one call. */
  readonly output: Output;
  /** stderr, for what a machine reads there: a fault as JSON. */
  readonly errorOutput: Output;
  readonly compose: Composition;
  readonly workingFolder: string;
}

/** One command: what it takes, what its help says, what it does. Each is a file in `commands/`. */
export interface Command<Flags extends FlagTable = FlagTable> {
  readonly path: CommandPath;
  /** A paragraph or two, for `--help`. */
  readonly description?: string;
  readonly positionals?: readonly Positional[];
  readonly flags: Flags;
  readonly examples: readonly Example[];
  /** @returns the exit status. @throws {Fault} which the program prints, with its hints. */
  run(given: Given<Flags>, context: Context): Promise<number>;
}

export interface Given<Flags extends FlagTable> {
  readonly flags: FlagValues<Flags>;
  /** By the names of {@link Command.positionals}; those of a `rest` positional are in {@link rest}. */
  readonly words: Readonly<Record<string, string>>;
  readonly rest: readonly string[];
}

/** Ties the types of a command's flags to its `run`. */
export function defineCommand<const Flags extends FlagTable>(command: Command<Flags>): Command {
  return command;
}

/** A command as the list knows it: its code is loaded when it is typed. */
export interface CommandEntry<Path extends string = string> {
  readonly path: Path;
  readonly load: () => Promise<{ readonly command: Command }>;
  /** The command of which this is another name; it is not listed. */
  readonly aliasOf?: string;
  /** Typed by programs, not by people: it is not listed. */
  readonly hidden?: true;
  /** What comparable tools call it: who types that is told this one. */
  readonly calledElsewhere?: readonly string[];
}

/** A command, and the words that follow its name. */
export interface FoundCommand {
  readonly entry: CommandEntry;
  readonly rest: readonly string[];
}
