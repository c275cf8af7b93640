import { join, resolve } from "node:path";
import { defineCommand } from "../command.ts";
import { shellFlag } from "../shell-flag.ts";

export const command = defineCommand({
  path: "sandbox env",
  summary: "print the variables that lead AWS's tools to the running sandbox",
  flags: {
    folder: { kind: "text", value: "DIR", doc: "the sandbox's folder; default: in brevet's state folder" },
    shell: shellFlag,
  },
  examples: [
    { line: 'eval "$(brevet sandbox env)"', does: "use the sandbox in this shell" },
    { line: "brevet sandbox env --shell fish | source", does: "the same in fish" },
  ],
  async run({ flags }, { compose, output, paths, workingFolder }) {
    const folder = flags.folder === undefined ? join(paths.stateFolder, "sandbox") : resolve(workingFolder, flags.folder);
    const set = (await compose.sandbox(folder)).variables();
    output(await compose.outlets.variables(flags.shell, { set, unset: [] }));
    return 0;
  },
});
