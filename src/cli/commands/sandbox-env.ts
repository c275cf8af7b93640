import { defineCommand } from "../command.ts";
import { SANDBOX_FOLDER, sandboxFolder } from "../flags/sandbox-folder.ts";
import { shellFlag } from "../flags/shell-flag.ts";

export const command = defineCommand({
  path: "sandbox env",
  flags: {
    folder: SANDBOX_FOLDER,
    shell: shellFlag,
  },
  examples: [
    { line: 'eval "$(brevet sandbox env)"', does: "use the sandbox in this shell" },
    { line: "brevet sandbox env --shell fish | source", does: "the same in fish" },
  ],
  async run({ flags }, { compose, output, paths, workingFolder }) {
    const set = (await compose.sandbox(sandboxFolder(flags.folder, { paths, workingFolder }))).variables(compose.clock.now());
    output(await compose.outlets.variables(flags.shell, { set, unset: [] }));
    return 0;
  },
});
