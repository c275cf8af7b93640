import type { Command, Flag } from "./command.ts";
import { LISTED } from "./commands.ts";

/** The help of one command, as text for a person. */
export function commandHelp(command: Command): string {
  const words = (command.positionals ?? []).map(({ name, required, rest }) => {
    const word = rest === true ? `${name}…` : name;
    return required ? word : `[${word}]`;
  });
  const flags = Object.entries(command.flags);
  return [
    command.summary,
    ...(command.description === undefined ? [] : ["", ...wrapped(command.description, pageWidth())]),
    "",
    ["usage:", "brevet", command.path, ...words, ...(flags.length > 0 ? ["[flags]"] : [])].join(" "),
    ...section(
      "words",
      (command.positionals ?? []).map(({ name, doc }) => [name, doc]),
    ),
    ...section("flags", [
      ...flags.map(([name, flag]) => [flagForm(name, flag), flagDoc(flag)] as const),
      ["-h, --help", "show this help"],
    ]),
    ...section(
      "examples",
      command.examples.map(({ line, does }) => [line, does]),
    ),
    "",
  ].join("\n");
}

/** The list of all commands. */
export async function programHelp(): Promise<string> {
  const usual = LISTED.filter(({ path }) => !path.startsWith("admin "));
  const commands = await Promise.all(usual.map(async ({ load }) => (await load()).command));
  return [
    "brevet: short-lived cloud credentials, and no long-lived key anywhere",
    "",
    "usage: brevet COMMAND [flags]",
    ...section("commands", [
      ...commands.map(({ path, summary }) => [path, summary] as const),
      ["admin …", "administer a login server: `brevet admin` lists what there is"],
    ]),
    "",
    "`brevet COMMAND --help` explains one of them, with examples.",
    "",
  ].join("\n");
}

/** The commands of a group such as `issuer`, for somebody who typed only that. */
export async function groupHelp(group: string): Promise<string | null> {
  const listed = LISTED.filter(({ path }) => path.startsWith(`${group} `));
  if (listed.length === 0) return null;
  const commands = await Promise.all(listed.map(async ({ load }) => (await load()).command));
  return [
    `usage: brevet ${group} COMMAND [flags]`,
    ...section(
      "commands",
      commands.map(({ path, summary }) => [path, summary]),
    ),
    "",
  ].join("\n");
}

function flagForm(name: string, flag: Flag): string {
  const short = flag.short === undefined ? "" : `-${flag.short}, `;
  return `${short}--${name}${flag.kind === "switch" ? "" : ` ${flag.value ?? "TEXT"}`}`;
}

function flagDoc(flag: Flag): string {
  const choices = flag.choices === undefined ? "" : ` (${flag.choices.join(", ")})`;
  return `${flag.doc}${choices}${flag.kind === "texts" ? "; may be given several times" : ""}`;
}

/** The columns that a page of help takes: as many as there are (0: nobody said), and no more than can be read well. */
function pageWidth(): number {
  return Math.min(100, process.stdout.columns || 100);
}

function section(title: string, rows: readonly (readonly [string, string] | readonly string[])[]): readonly string[] {
  if (rows.length === 0) return [];
  const width = Math.min(34, Math.max(...rows.map(([left]) => left?.length ?? 0)));
  const indent = `  ${" ".repeat(width)}  `;
  return [
    "",
    `${title}:`,
    ...rows.flatMap(([left = "", right = ""]) => {
      const [first = "", ...more] = wrapped(right, pageWidth() - indent.length);
      const beside = left.length > width ? [`  ${left}`, `${indent}${first}`] : [`  ${left.padEnd(width)}  ${first}`];
      return [...beside, ...more.map((line) => indent + line)];
    }),
  ];
}

/** A text in lines of at most that many columns. Its own line breaks are blanks, an empty line stays. */
function wrapped(text: string, width: number): readonly string[] {
  return text.split(/\n{2,}/).flatMap((paragraph, index) => {
    const lines: string[] = [];
    for (const word of paragraph.split(/\s+/)) {
      const last = lines.at(-1);
      if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
      else lines.push(word);
    }
    return index === 0 ? lines : ["", ...lines];
  });
}
