import type { Command, Flag } from "../../src/cli/command.ts";
import { COMMANDS } from "../../src/cli/commands.ts";

/** `docs/reference/commands.md`: every command with its words, flags and examples, from the table that the program itself reads. */
export async function commandsPage(): Promise<string> {
  const entries = await Promise.all(COMMANDS.map(async (entry) => ({ ...entry, command: (await entry.load()).command })));
  const listed = entries.filter(({ aliasOf }) => aliasOf === undefined);
  const aliases = entries.filter(({ aliasOf }) => aliasOf !== undefined);
  return [
    "# Commands",
    "",
    "`brevet COMMAND --help` prints the same.",
    "",
    "| command | what it does |",
    "|---|---|",
    ...listed.map(({ command }) => `| [\`${command.path}\`](#${anchor(command.path)}) | ${cell(command.summary)} |`),
    ...aliases.map(
      ({ path, aliasOf, command }) =>
        `| \`${path}\` | another name of [\`${aliasOf}\`](#${anchor(aliasOf ?? "")}): ${cell(command.summary)} |`,
    ),
    "",
    ...listed.flatMap(({ command }) => section(command)),
  ].join("\n");
}

function section(command: Command): readonly string[] {
  const positionals = command.positionals ?? [];
  const words = positionals.map(({ name, required, rest }) => {
    const word = rest === true ? `${name}…` : name;
    return required ? word : `[${word}]`;
  });
  const flags = Object.entries(command.flags);
  return [
    `## ${command.path}`,
    "",
    `${command.summary[0]?.toUpperCase()}${command.summary.slice(1)}.`,
    ...(command.description === undefined ? [] : ["", command.description]),
    "",
    "```",
    ["brevet", command.path, ...words, ...(flags.length === 0 ? [] : ["[flags]"])].join(" "),
    "```",
    ...table(
      "word",
      positionals.map(({ name, doc }) => [`\`${name}\``, doc]),
    ),
    ...table(
      "flag",
      flags.map(([name, flag]) => [flagForm(name, flag), flagDoc(flag)]),
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

function flagForm(name: string, flag: Flag): string {
  const short = flag.short === undefined ? "" : `\`-${flag.short}\`, `;
  return `${short}\`--${name}${flag.kind === "switch" ? "" : ` ${cell(flag.value ?? "TEXT")}`}\``;
}

function flagDoc(flag: Flag): string {
  const choices = flag.choices === undefined ? "" : ` (${flag.choices.join(", ")})`;
  return `${flag.doc}${choices}${flag.kind === "texts" ? "; may be given several times" : ""}`;
}

/** A `|` would end the cell. */
function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("\n", " ");
}

function anchor(path: string): string {
  return path.replaceAll(" ", "-");
}
