import { EXIT } from "../../core/exit.ts";
import { Fault } from "../../core/fault.ts";
import { WITHOUT_CREDENTIALS } from "../../wire/environment.ts";
import { defineCommand } from "../command.ts";
import { awsFlags, awsSelection } from "../flags/aws-flags.ts";
import { shellFlag } from "../flags/shell-flag.ts";

export const command = defineCommand({
  path: "env",
  description: [
    "Sets the keys, when they end, the account and the region, and unsets what a tool could prefer to them (AWS_PROFILE, a",
    "container's endpoint, a token file). The variables stay as they are when the credentials end: `brevet exec` and",
    "`credential_process` do better wherever they can be used.",
  ].join("\n"),
  positionals: [{ name: "PROFILE", doc: "the profile; default: $BREVET_PROFILE, else the only one", required: false }],
  flags: {
    ...awsFlags,
    shell: shellFlag,
    unset: {
      kind: "switch",
      doc: "instead: take such variables out of the shell again, whatever profile they are of",
      excludes: [...Object.keys(awsFlags), "PROFILE"],
    },
  },
  examples: [
    { line: 'eval "$(brevet env dev)"', does: "in bash and zsh" },
    { line: "brevet env dev --shell fish | source", does: "in fish" },
    { line: "brevet env dev --shell powershell | Out-String | Invoke-Expression", does: "in PowerShell" },
    { line: 'eval "$(brevet env --unset)"', does: "remove them again" },
    { line: "brevet env dev --shell dotenv > .env", does: "as a file, which then holds secrets in clear" },
  ],
  async run({ flags, words }, { compose, output }) {
    if (flags.unset) {
      requireShell(flags.shell);
      output(await compose.outlets.variables(flags.shell, WITHOUT_CREDENTIALS));
      return EXIT.done;
    }
    const selection = awsSelection(flags, words["PROFILE"]);
    compose.waitForPerson();
    const profile = await compose.profilePath(selection);
    const purpose = `env asks for the profile ${profile.name}`;
    const credentials = await compose.credentials(profile, { renew: flags.renew ? "now" : "when-stale", purpose });
    const outlet = await compose.outlets.env(flags.shell, output);
    return outlet.deliver(credentials);
  },
});

/** @throws {Fault} `USAGE_INVALID` for a form in which a variable cannot be removed. */
function requireShell(reader: string | undefined): void {
  if (reader !== "dotenv" && reader !== "json") return;
  throw new Fault("USAGE_INVALID", `--unset is for a shell, and --shell is ${reader}`, {
    hints: ["leave --shell out, or name the shell that evaluates it"],
  });
}
