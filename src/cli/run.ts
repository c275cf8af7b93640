import { EXIT } from "../core/exit.ts";
import { asFault, Fault } from "../core/fault.ts";
import { nearest, nearestOrShorter } from "../core/nearest.ts";
import { pageWidth } from "../platform/terminal/width.ts";
import type { Command, Context } from "./command.ts";
import { HELP, parseArguments } from "./parse-arguments.ts";
import { splitWords, type Token } from "./split-words.ts";
import { typedCommand } from "./typed-command.ts";

/** One run of the program: the words after its name, and the world. @returns the exit status; raises nothing. */
export async function run(words: readonly string[], context: Context): Promise<number> {
  try {
    return await runCommand(words, context);
  } catch (cause) {
    return await reportFault(cause, words, context);
  }
}

async function runCommand(words: readonly string[], context: Context): Promise<number> {
  const found = await typedCommand(words);
  if (found === null) return runWithoutCommand(words, context);
  const { command } = await found.entry.load();
  if (asksForHelp(found.rest, command)) {
    const { commandHelp } = await import("./help.ts");
    context.output(commandHelp(command, pageWidth(context.environment)));
    return EXIT.done;
  }
  return command.run(parseArguments(command, found.rest), context);
}

/**
 * Anywhere before `--`, among other short flags too: a request for help is answered by nothing else, least of all a credential.
 */
function asksForHelp(words: readonly string[], { flags }: Command): boolean {
  const own = ownWords(words);
  if (own.includes("--help") || own.includes("-h")) return true;
  for (const word of own) {
    const isShorts = word.length > 2 && word.startsWith("-") && !word.startsWith("--");
    if (isShorts) return splitWords(own, { ...flags, help: HELP }).some(isHelp);
  }
  return false;
}

function isHelp(token: Token): boolean {
  return token.kind === "flag" && token.name === "help";
}

/** The words before `--`: those after it are another program's. */
function ownWords(words: readonly string[]): readonly string[] {
  const separator = words.indexOf("--");
  return separator === -1 ? words : words.slice(0, separator);
}

async function runWithoutCommand(words: readonly string[], context: Context): Promise<number> {
  const [first, ...others] = words;
  if (first === "help" && others.length > 0) return runCommand([...others, "--help"], context);
  if (first === "--version" || first === "version") {
    const { VERSION } = await import("./version.ts");
    context.output(`brevet ${VERSION}\n`);
    return EXIT.done;
  }
  const [{ programHelp, groupHelp }, { LISTED }] = await Promise.all([import("./help.ts"), import("./commands.ts")]);
  const width = pageWidth(context.environment);
  if (first === undefined || first === "--help" || first === "-h" || first === "help") {
    context.output(programHelp(width));
    return EXIT.done;
  }
  const asked = words.filter((word) => word !== "--help" && word !== "-h");
  const group = groupHelp(asked.join(" "), width);
  if (group !== null && words.length > asked.length) {
    context.output(group);
    return EXIT.done;
  }
  if (group !== null) {
    context.errorOutput(group);
    return EXIT.usage;
  }
  const elsewhere = LISTED.find(({ calledElsewhere = [] }) => calledElsewhere.includes(first));
  throw unknownCommand(
    first,
    words.filter((word) => !word.startsWith("-")),
    { known: LISTED.map(({ path }) => path), elsewhere: elsewhere?.path ?? null },
  );
}

/** What was probably meant, and what the words that there are can be followed by. */
function unknownCommand(
  first: string,
  words: readonly string[],
  { known, elsewhere }: { readonly known: readonly string[]; readonly elsewhere: string | null },
): Fault {
  const depth = [2, 1].find((count) => known.some((path) => path.startsWith(`${words.slice(0, count).join(" ")} `))) ?? 0;
  const group = words.slice(0, depth);
  if (depth === 0) {
    const both = words.slice(0, 2).join(" ");
    const [what, typed, among] = first.startsWith("-")
      ? ["flag", first, ["--version", "--help"]]
      : ["command", nearest(both, known) === null ? first : both, known];
    const turned = known.find((path) => path === words.slice(0, 2).reverse().join(" "));
    const meant = elsewhere ?? turned ?? nearest(typed, among);
    const behind = what === "flag" && words.length > 0 ? ["flags stand behind the command: `brevet COMMAND --flag`"] : [];
    return new Fault("USAGE_INVALID", `there is no ${what} "${typed}"`, {
      hints: meant === null ? [...behind, "run `brevet --help` for the list"] : [`did you mean \`brevet ${meant}\`?`],
    });
  }
  const inGroup = known.filter((path) => path.startsWith(`${group.join(" ")} `));
  const next = [...new Set(inGroup.map((path) => path.split(" ")[depth] ?? ""))];
  const wrong = words[depth] ?? "";
  const meant = nearestOrShorter(wrong, next);
  return new Fault("USAGE_INVALID", `there is no command "${[...group, wrong].join(" ")}"`, {
    hints: [
      ...(meant === null ? [] : [`did you mean \`brevet ${[...group, meant].join(" ")}\`?`]),
      `\`brevet ${group.join(" ")}\` is followed by ${next.join(", ")}`,
    ],
  });
}

/** Reports a fault in words, or as JSON on stderr with `--json`. Any other error is a defect of brevet, and says so. */
async function reportFault(cause: unknown, words: readonly string[], context: Context): Promise<number> {
  const fault = await withTypedHints(told(cause, context), words);
  if (ownWords(words).includes("--json")) {
    const { code, message, hints, details } = fault;
    const { visibleJson } = await import("../core/visible.ts");
    context.errorOutput(`${visibleJson({ code, message, hints, details })}\n`);
  } else {
    context.terminal.fault(fault);
  }
  const { exitStatus } = await import("../core/fault-codes.ts");
  return exitStatus(fault.code);
}

/** Hints that say to add a flag are completed to a command that can be copied. */
async function withTypedHints(fault: Fault, words: readonly string[]): Promise<Fault> {
  const found = await typedCommand(words);
  if (found === null) return fault;
  const [{ typedHint }, { command }] = await Promise.all([import("./typed-hint.ts"), found.entry.load()]);
  const hasFlag = (name: string) => Object.hasOwn(command.flags, name);
  const hints = fault.hints.map((hint) => typedHint(hint, found.entry.path, ownWords(found.rest), hasFlag));
  return fault.told({ hints });
}

/** What went wrong, and for a defect how to report it. */
function told(cause: unknown, { environment }: Context): Fault {
  const fault = asFault(cause);
  if (fault === cause) return fault;
  const trace = environment["BREVET_DEBUG"] && cause instanceof Error ? (cause.stack ?? "").split("\n") : [];
  return fault.told({ hints: [...trace, "run it again with `BREVET_DEBUG=1`, and report what it prints"] });
}
