import { Fault } from "../../core/fault.ts";
import { awsFlags, awsSelection } from "../aws-flags.ts";
import { defineCommand } from "../command.ts";
import { keptToken } from "../kept-token.ts";

export const command = defineCommand({
  path: "exec",
  summary: "run a program with AWS credentials in its environment",
  description: [
    "No shell reads the program and its arguments. Credentials and profiles that were in the environment before are taken out.",
    "Signals are passed on, and the exit status is the program's, or 128 and the number of the signal that ended it.",
    "The program's credentials are not replaced while it runs: when they end is said at the start.",
  ].join("\n"),
  positionals: [
    { name: "PROFILE", doc: "the profile; default: $BREVET_PROFILE, else the only one", required: false },
    { name: "COMMAND", doc: "the program and its arguments, after --", required: false, rest: true },
  ],
  flags: awsFlags,
  examples: [
    { line: "brevet exec dev -- terraform apply", does: "run terraform as the role of the profile dev" },
    { line: "brevet exec --role arn:aws:iam::123456789012:role/dev -- aws s3 ls", does: "as a role that no profile names" },
  ],
  async run({ flags, words, rest }, context) {
    const { compose, environment } = context;
    const selection = awsSelection(flags);
    const [program, ...args] = rest;
    if (program === undefined) {
      throw new Fault("USAGE_INVALID", "there is no program to run", {
        hints: [`put it after two dashes: \`brevet exec ${words["PROFILE"] ?? "PROFILE"} -- PROGRAM\``],
      });
    }
    compose.waitForPerson();
    const profile = await compose.profilePath({ ...selection, profile: words["PROFILE"] ?? selection.profile });
    const purpose = `exec ${program} asks for the profile ${profile.name}`;
    const credentials = await compose.credentials(profile, { renew: flags.renew ? "now" : "when-stale", purpose });
    const keep = await keptToken(credentials, { ...selection, profile: words["PROFILE"] ?? selection.profile }, context);
    const input = { profile: profile.name, command: program, args, environment, ...(keep === null ? {} : { keep }) };
    const outlet = await compose.outlets.exec(input);
    return outlet.deliver(credentials);
  },
});
