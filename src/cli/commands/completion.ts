import { defineCommand } from "../command.ts";
import { COMPLETION_SCRIPTS, COMPLETION_SHELLS, type CompletionShell } from "../completion/completion-scripts.ts";

export const command = defineCommand({
  path: "completion",
  description: "The names of your profiles and identities are completed too, as they are at that moment.",
  positionals: [{ name: "SHELL", doc: `one of ${COMPLETION_SHELLS.join(", ")}`, required: true, choices: COMPLETION_SHELLS }],
  flags: {},
  examples: [
    { line: 'eval "$(brevet completion bash)"', does: "in ~/.bashrc" },
    { line: "source <(brevet completion zsh)", does: "in ~/.zshrc, after compinit" },
    { line: "brevet completion fish > ~/.config/fish/completions/brevet.fish", does: "once" },
    { line: "brevet completion powershell | Out-String | Invoke-Expression", does: "in $PROFILE" },
  ],
  async run({ words }, { output }) {
    output(COMPLETION_SCRIPTS[words["SHELL"] as CompletionShell]);
    return 0;
  },
});
