import { hang, wrap } from "../platform/terminal/wrap.ts";
import type { Command, Example, Flag } from "./command.ts";
import { COMMAND_GROUPS, LISTED, type ListedCommand } from "./commands.ts";
import { groupsOf } from "./flags/flag-groups.ts";
import { SUMMARIES } from "./summaries.ts";

/** The help of one command in lines of at most `width` columns, as text for a person, with the commands that begin with its words. */
export function commandHelp(command: Command, width: number): string {
  const words = (command.positionals ?? []).map(({ name, required, rest }) => {
    const word = rest === true ? `${name}…` : name;
    return required ? word : `[${word}]`;
  });
  const flags = [...groupsOf(command.flags)].map(([group, entries]) => ({
    title: group === null ? "flags" : `flags ${group}`,
    rows: [
      ...entries.map(([name, flag]) => [flagForm(name, flag), flagDoc(flag)] as const),
      ...(group === null ? [["-h, --help", "show this help"] as const] : []),
    ],
  }));
  const left = Math.max(...flags.flatMap(({ rows }) => rows.map(([form]) => form.length)));
  return [
    ...paragraphs(SUMMARIES[command.path], width),
    ...(command.description === undefined ? [] : ["", ...paragraphs(command.description, width)]),
    "",
    usage(`${[command.path, ...words].join(" ")}${Object.keys(command.flags).length > 0 ? " [flags]" : ""}`, width),
    ...section("commands", summaries(below(command.path)), width),
    ...section(
      "arguments",
      (command.positionals ?? []).map(({ name, doc }) => [name, doc]),
      width,
    ),
    ...flags.flatMap(({ title, rows }) => section(title, rows, width, left)),
    ...examples(command.examples, width),
    "",
  ].join("\n");
}

/** The list of all commands, under what a person comes for. */
export function programHelp(width: number): string {
  const groups = COMMAND_GROUPS.flatMap(({ title, commands }) => {
    const usual = commands.filter(({ path }) => !path.startsWith("admin "));
    const rows = summaries(usual).concat(usual.length < commands.length ? [ADMINISTERING] : []);
    return section(title, rows, width, 20);
  });
  return [
    ...paragraphs("brevet: short-lived cloud credentials, and no long-lived key anywhere", width),
    "",
    usage("COMMAND [flags]", width),
    ...groups,
    "",
    ...paragraphs("`brevet COMMAND --help` explains one of them, with examples.", width),
    "",
  ].join("\n");
}

/** There are many of them, and they have a list of their own. */
const ADMINISTERING = ["admin …", "administer a login server: `brevet admin` lists what there is"] as const;

/** The commands of a group such as `issuer`, for somebody who typed only that. */
export function groupHelp(group: string, width: number): string | null {
  const listed = below(group);
  if (listed.length === 0) return null;
  return [usage(`${group} COMMAND [flags]`, width), ...section("commands", summaries(listed), width), ""].join("\n");
}

function below(words: string): readonly ListedCommand[] {
  return LISTED.filter(({ path }) => path.startsWith(`${words} `));
}

/** Each command as it is typed, with its one line. */
function summaries(entries: readonly ListedCommand[]): readonly (readonly [string, string])[] {
  return entries.map(({ path }) => [path, SUMMARIES[path]]);
}

function flagForm(name: string, flag: Flag): string {
  const short = flag.short === undefined ? "" : `-${flag.short}, `;
  return `${short}--${name}${flag.kind === "switch" ? "" : ` ${flag.value ?? "TEXT"}`}`;
}

function flagDoc(flag: Flag): string {
  const choices = flag.choices === undefined ? "" : ` (${flag.choices.join(", ")})`;
  return `${flag.doc}${choices}${flag.kind === "texts" ? "; may be given several times" : ""}`;
}

function usage(words: string, width: number): string {
  const title = "usage: ";
  return title + hang(`brevet ${words}`, title.length, width);
}

/** A titled list of two columns; the left one is as wide as its longest, and at least `atLeast`. */
function section(title: string, rows: readonly (readonly [string, string])[], width: number, atLeast = 0): readonly string[] {
  if (rows.length === 0) return [];
  const left = Math.max(atLeast, ...rows.map(([name]) => name.length));
  return ["", `${title}:`, ...rows.map(([name, doc]) => `  ${name.padEnd(left)}  ${hang(doc, left + 4, width)}`)];
}

/** Each line as it is typed, and below it what it does: there is no room next to a long line. */
function examples(given: readonly Example[], width: number): readonly string[] {
  if (given.length === 0) return [];
  const below = " ".repeat(6);
  return ["", "examples:", ...given.flatMap(({ line, does }) => [`  ${line}`, ...wrap(below + does, width)])];
}

/** A text in lines that fit the page. Its own line breaks are blanks, an empty line stays. */
function paragraphs(text: string, width: number): readonly string[] {
  return text.split(/\n{2,}/).flatMap((one, index) => [...(index === 0 ? [] : [""]), ...wrap(one, width)]);
}
