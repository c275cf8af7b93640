import { Fault } from "../../core/fault.ts";
import { shellCommand } from "../../core/shell-command.ts";
import type { Environment } from "../../platform/paths.ts";
import { mayHaveProgram, requireProgram } from "../../platform/processes/run-foreground.ts";
import { type Context, defineCommand } from "../command.ts";
import { awsFlags, awsSelection } from "../flags/aws-flags.ts";
import { programSupply } from "../program-supply.ts";

export const command = defineCommand({
  path: "exec",
  description: [
    "No shell reads the program and its arguments. Credentials and profiles of the same cloud that were in the environment before are",
    "taken out.",
    "Signals are passed on, and the exit status is the program's, or 128 and the number of the signal that ended it; 127 if there is",
    "no such program, and 126 if it cannot be executed. BREVET_EXEC has the profile's name, for a prompt; `brevet status` says what a",
    "shell has.",
    "",
    "Keys in the environment are what every program reads, and they are not replaced while it runs: when they end is said at the",
    "start. With --serve it has no keys but an address of this machine, where the libraries of AWS and Google fetch credentials, and",
    "fresh ones before these end, for as long as it runs. Programs that read keys from the environment alone do not know it. Nobody",
    "gets anything there without a secret that only the program's environment has, or, for Google, a file of its owner.",
  ].join("\n"),
  positionals: [
    { name: "PROFILE", doc: "the profile; default: $BREVET_PROFILE, else the only one", required: false },
    {
      name: "COMMAND",
      doc: "the program and its arguments, after --; default: your shell, on a terminal",
      required: false,
      rest: true,
    },
  ],
  flags: {
    ...awsFlags,
    serve: {
      kind: "switch",
      doc: "serve fresh credentials at an address of this machine, for a program that runs longer than they live",
    },
    quiet: { kind: "switch", short: "q", doc: "do not say when the credentials end" },
  },
  examples: [
    { line: "brevet exec dev -- terraform apply", does: "run terraform as the role of the profile dev" },
    {
      line: "brevet exec --serve dev -- python train.py",
      does: "the same for a program of AWS's or Google's libraries that runs all day",
    },
    { line: "brevet exec dev", does: "a shell with them, until you type `exit`" },
    { line: "brevet exec --role arn:aws:iam::123456789012:role/dev -- aws s3 ls", does: "as a role that no profile names" },
  ],
  async run({ flags, words, rest }, context) {
    const { compose, environment, terminal } = context;
    const selection = awsSelection(flags, words["PROFILE"]);
    const [program = shellOfPerson(words["PROFILE"], context), ...args] = rest;
    compose.waitForPerson();
    const profile = await compose.profilePath(selection).catch((cause: unknown) => {
      throw cause instanceof Fault ? toldOfProgram(cause, words["PROFILE"], rest, environment) : cause;
    });
    const supply = await programSupply(selection, flags.serve, context);
    requireProgram(program, environment);
    const isNamed = selection.profile !== undefined || flags.role === undefined;
    const whose = `the ${isNamed ? "profile" : "role"} ${profile.name}`;
    const purpose = `exec ${program} asks for ${whose}`;
    const credentials = await compose.credentials(profile, { renew: flags.renew ? "now" : "when-stale", purpose });
    const input = { whose, name: profile.name, command: program, args, environment, quiet: flags.quiet };
    const outlet = await compose.outlets.exec(supply === undefined ? input : { ...input, supply });
    if (rest.length === 0) terminal.say(`starting ${program}, as no program was named; \`exit\` ends it`);
    return outlet.deliver(credentials);
  },
});

/** Explains the fault if the first word is a program: somebody with several profiles left out the profile's name. */
function toldOfProgram(fault: Fault, word: string | undefined, rest: readonly string[], environment: Environment): Fault {
  if (fault.code !== "PROFILE_UNKNOWN" || word === undefined || !mayHaveProgram(word, environment)) return fault;
  const line = shellCommand`brevet exec PROFILE -- ${[word, ...rest]}`;
  return fault.told({ hints: [...fault.hints, `if ${word} is the program, it comes after two dashes: \`${line}\``] });
}

/**
 * The shell, where a person names no program. @throws {Fault} `USAGE_INVALID` where nobody is there to use a shell, or none is
 * known.
 */
function shellOfPerson(profile: string | undefined, { environment, terminal }: Context): string {
  const shell = environment["SHELL"] || environment["COMSPEC"];
  if (terminal.hasPerson && shell) return shell;
  throw new Fault("USAGE_INVALID", "there is no program to run", {
    hints: [`put it after two dashes: \`${shellCommand`brevet exec ${profile ?? "PROFILE"} -- PROGRAM`}\``],
  });
}
