import { hang, wrap } from "../platform/terminal/wrap.ts";
import { type Command, type Example, type Flag, flagForm } from "./command.ts";
import { COMMAND_GROUPS, LISTED, type ListedCommand } from "./commands.ts";
import { groupsOf } from "./flags/flag-groups.ts";
import { SUMMARIES } from "./summaries.ts";

/** The help of one command in lines of at most `width` columns, as text for a person, with the commands that begin with its words. */
export function commandHelp(command: Command, width: number): string {
  const flags = [...groupsOf(command.flags)].map(([group, entries]) => ({
    title: group === null ? "flags" : `flags ${group}`,
    rows: [
      ...entries.map(([name, flag]) => [withShort(name, flag), flagDoc(flag)] as const),
      ...(group === null ? [["-h, --help", "show this help"] as const] : []),
    ],
  }));
  const left = leftColumn(
    flags.flatMap(({ rows }) => rows.map(([form]) => form)),
    width,
  );
  return [
    ...paragraphs(SUMMARIES[command.path], width),
    ...(command.description === undefined ? [] : ["", ...paragraphs(command.description, width)]),
    "",
    usage(usageOf(command), width),
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

/** What is typed after `brevet`: arguments, the flags that it needs, and what another program is given. */
export function usageOf({ path, positionals = [], flags }: Command): string {
  const optional = (word: string, required: boolean): string => (required ? word : `[${word}]`);
  const needed = Object.entries(flags).filter(([, { required }]) => required === true);
  return [
    path,
    ...positionals.filter(({ rest }) => rest !== true).map(({ name, required }) => optional(name, required)),
    ...needed.map(([name, flag]) => flagForm(name, flag)),
    ...(Object.keys(flags).length > needed.length ? ["[flags]"] : []),
    ...positionals.filter(({ rest }) => rest === true).map(({ name, required }) => optional(`-- ${name}…`, required)),
  ].join(" ");
}

/** The list of all commands, under what a person comes for. */
export function programHelp(width: number): string {
  const left = leftColumn(
    LISTED.map(({ path }) => path).filter((path) => !isAdministering(path)),
    width,
  );
  const groups = COMMAND_GROUPS.flatMap(({ title, commands }) => {
    const usual = commands.filter(({ path }) => !isAdministering(path));
    const rows = summaries(usual).concat(usual.length < commands.length ? [ADMINISTERING] : []);
    return section(title, rows, width, left);
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

const isAdministering = (path: string): boolean => path.startsWith("admin ");

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

function withShort(name: string, flag: Flag): string {
  return `${flag.short === undefined ? "" : `-${flag.short}, `}${flagForm(name, flag)}`;
}

/** What a flag does, its values, and whether one is all that it takes. */
export function flagDoc(flag: Flag): string {
  const choices = flag.choices === undefined ? "" : ` (${flag.choices.join(", ")})`;
  return `${flag.doc}${choices}${flag.kind === "texts" ? "; may be given several times" : ""}`;
}

function usage(words: string, width: number): string {
  const title = "usage: ";
  return title + hang(`brevet ${words}`, title.length, width);
}

/** A titled list of two columns. What is longer than the left one has a line to itself. */
function section(
  title: string,
  rows: readonly (readonly [string, string])[],
  width: number,
  left = leftColumn(
    rows.map(([name]) => name),
    width,
  ),
): readonly string[] {
  if (rows.length === 0) return [];
  const right = " ".repeat(left + 4);
  return [
    "",
    `${title}:`,
    ...rows.map(([name, doc]) => {
      const begin = name.length > left ? `  ${name}\n${right}` : `  ${name.padEnd(left)}  `;
      return begin + hang(doc, right.length, width);
    }),
  ];
}

/** As wide as the longest of these that leaves the right column its room. */
function leftColumn(names: readonly string[], width: number): number {
  const most = Math.floor(width * LEFT_SHARE);
  return Math.max(0, ...names.map(({ length }) => length).filter((length) => length <= most));
}

/** How much of a line the left column may have: the longest flag of most commands fits on 80 columns. */
const LEFT_SHARE = 0.36;

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
