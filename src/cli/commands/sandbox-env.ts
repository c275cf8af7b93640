import { join, resolve } from "node:path";
import { defineCommand } from "../command.ts";
import { posixExport } from "../posix-export.ts";

export const command = defineCommand({
  path: "sandbox env",
  summary: "print the variables that lead AWS's tools to the running sandbox",
  flags: {
    folder: { kind: "text", value: "DIR", doc: "the sandbox's folder; default: in brevet's state folder" },
    shell: {
      kind: "text",
      value: "SHELL",
      doc: "whose syntax to print; default posix (bash, zsh, sh)",
      choices: ["posix", "fish", "powershell", "json"],
    },
  },
  examples: [
    { line: 'eval "$(brevet sandbox env)"', does: "use the sandbox in this shell" },
    { line: "brevet sandbox env --shell fish | source", does: "the same in fish" },
  ],
  async run({ flags }, { compose, output, paths, workingFolder }) {
    const folder = flags.folder === undefined ? join(paths.stateFolder, "sandbox") : resolve(workingFolder, flags.folder);
    const variables = (await compose.sandbox(folder)).variables();
    output(renderVariables(variables, flags.shell ?? "posix"));
    return 0;
  },
});

function renderVariables(variables: Readonly<Record<string, string>>, shell: string): string {
  if (shell === "json") return `${JSON.stringify(variables)}\n`;
  const line = LINES[shell] ?? posixExport;
  return Object.entries(variables)
    .map(([name, value]) => `${line(name, value)}\n`)
    .join("");
}

/** Within single quotes each of these shells takes everything as it is, but for the quote itself (fish: the backslash too). */
const LINES: Readonly<Record<string, (name: string, value: string) => string>> = {
  posix: posixExport,
  fish: (name, value) => `set -gx ${name} '${value.replace(/[\\']/g, "\\$&")}'`,
  powershell: (name, value) => `$env:${name} = '${value.replace(/'/g, "''")}'`,
};
