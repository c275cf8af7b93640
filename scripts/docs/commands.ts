import { type Command, type CommandEntry, type Flag, flagForm } from "../../src/cli/command.ts";
import { COMMAND_GROUPS, COMMANDS } from "../../src/cli/commands.ts";
import { groupsOf } from "../../src/cli/flags/flag-groups.ts";
import { flagDoc, usageOf } from "../../src/cli/help.ts";
import { SUMMARIES } from "../../src/cli/summaries.ts";

/** `docs/reference/commands.md`: every command with its arguments, flags and examples, from the table that the program itself reads. */
export async function commandsPage(): Promise<string> {
  const groups = await Promise.all(
    COMMAND_GROUPS.map(async ({ title, commands }) => ({ title, commands: await loaded(commands) })),
  );
  const byPrograms = await loaded(COMMANDS.filter(({ hidden }) => hidden));
  const aliases = await Promise.all(COMMANDS.filter(({ aliasOf }) => aliasOf !== undefined).map(aliasRow));
  return [
    "# Commands",
    "",
    "`brevet COMMAND --help` prints the same.",
    "",
    ...groups.flatMap(({ title, commands }) => index(title, commands.map(row))),
    ...index("typed by programs", byPrograms.map(row)),
    ...index("other names", aliases),
    ...[...groups.flatMap(({ commands }) => commands), ...byPrograms].flatMap(section),
  ].join("\n");
}

function loaded(entries: readonly CommandEntry[]): Promise<readonly Command[]> {
  return Promise.all(entries.map(async ({ load }) => (await load()).command));
}

function index(title: string, rows: readonly string[]): readonly string[] {
  return [`| ${title} | what it does |`, "|---|---|", ...rows, ""];
}

function row({ path }: Command): string {
  return `| [\`${path}\`](#${anchor(path)}) | ${cell(SUMMARIES[path])} |`;
}

async function aliasRow({ path, aliasOf = "", load }: CommandEntry): Promise<string> {
  const summary = SUMMARIES[(await load()).command.path];
  return `| \`${path}\` | another name of [\`${aliasOf}\`](#${anchor(aliasOf)}): ${cell(summary)} |`;
}

function section(command: Command): readonly string[] {
  const summary = SUMMARIES[command.path];
  const positionals = command.positionals ?? [];
  return [
    `## ${command.path}`,
    "",
    `${summary[0]?.toUpperCase()}${summary.slice(1)}.`,
    ...(command.description === undefined ? [] : ["", command.description]),
    "",
    "```",
    `brevet ${usageOf(command)}`,
    "```",
    ...table(
      "argument",
      positionals.map(({ name, doc }) => [`\`${name}\``, doc]),
    ),
    ...[...groupsOf(command.flags)].flatMap(([group, flags]) =>
      table(
        group === null ? "flag" : `flag ${group}`,
        flags.map(([name, flag]) => [asCode(name, flag), flagDoc(flag)]),
      ),
    ),
    "",
    "```sh",
    ...command.examples.flatMap(({ line, does }) => [`# ${does}`, line]),
    "```",
    "",
  ];
}

function table(head: string, rows: readonly (readonly [string, string])[]): readonly string[] {
  if (rows.length === 0) return [];
  return ["", `| ${head} | |`, "|---|---|", ...rows.map(([left, right]) => `| ${left} | ${cell(right)} |`)];
}

function asCode(name: string, flag: Flag): string {
  return `${flag.short === undefined ? "" : `\`-${flag.short}\`, `}\`${cell(flagForm(name, flag))}\``;
}

/** A `|` would end the cell. */
function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("\n", " ");
}

function anchor(path: string): string {
  return path.replaceAll(" ", "-");
}
