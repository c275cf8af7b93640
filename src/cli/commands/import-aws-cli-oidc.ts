import { join } from "node:path";
import { Fault } from "../../core/fault.ts";
import { shellCommand } from "../../core/shell-command.ts";
import { awsFiles } from "../../platform/aws-files.ts";
import { mayHaveProgram } from "../../platform/processes/run-foreground.ts";
import { readUserFile } from "../../platform/user-file.ts";
import { importProviders } from "../../setup/import-providers.ts";
import { credentialProcess } from "../../setup/join-aws.ts";
import type { AskingProfile } from "../../wire/aws-cli-oidc/aws-profiles.ts";
import type { ImportedProvider } from "../../wire/aws-cli-oidc/parse.ts";
import { clientSecretName } from "../client-keys.ts";
import { type Context, defineCommand } from "../command.ts";
import { PROGRAM_FLAG } from "../flags/program-flag.ts";
import { STORE_FLAG } from "../flags/store-flag.ts";
import { keepGuard, wishGuard } from "../settle-guard.ts";
import { commandForTools } from "../setup/aws/join-profile.ts";
import { takeOver } from "../setup/take-over.ts";

export const command = defineCommand({
  path: "import aws-cli-oidc",
  description: [
    "Makes an identity of each provider in its config, a profile of its default role, and one of each AWS profile that asks it",
    "for credentials. A client secret goes into the sealed store. Nothing of aws-cli-oidc is changed or removed.",
  ].join("\n"),
  flags: {
    file: {
      kind: "text",
      value: "FILE",
      doc: "its config; default: config.yaml in $AWS_CLI_OIDC_CONFIG, else in ~/.aws-cli-oidc",
    },
    store: STORE_FLAG,
    program: PROGRAM_FLAG,
    "dry-run": { kind: "switch", doc: "show what would be added, and add nothing" },
    json: { kind: "switch", doc: "print the plan as JSON" },
  },
  examples: [
    { line: "brevet import aws-cli-oidc --dry-run", does: "see what would be added" },
    { line: "brevet import aws-cli-oidc", does: "add it; `brevet unsetup import-aws-cli-oidc` undoes it" },
  ],
  async run({ flags }, context) {
    const { environment } = context;
    await wishGuard(flags.store, context);
    const file = flags.file ?? defaultFile(environment);
    const text = readUserFile(file)?.text;
    if (text === undefined) {
      throw new Fault("FILE_UNREADABLE", `there is no config of aws-cli-oidc at ${file}`, { hints: ["name it by `--file`"] });
    }
    const [{ parseAwsCliOidc }, { askingProfiles }] = await Promise.all([
      import("../../wire/aws-cli-oidc/parse.ts"),
      import("../../wire/aws-cli-oidc/aws-profiles.ts"),
    ]);
    const providers = parseAwsCliOidc(text, file);
    const brevet = commandForTools(flags.program, context);
    const awsConfig = awsFiles(environment).config;
    const asking = askingProfiles(readUserFile(awsConfig)?.text ?? "", awsConfig);
    const before = () => keepSecrets(providers, context);
    await takeOver("import-aws-cli-oidc", importProviders(providers, asking), { flags, before }, context);
    if (!flags["dry-run"]) await keepGuard(flags.store, context);
    sayWhatIsLeft(providers, asking, { awsConfig, brevet }, context);
    await offerToClear(flags["dry-run"], context);
    return 0;
  },
});

function defaultFile(environment: Context["environment"]): string {
  const home = environment["HOME"] || environment["USERPROFILE"] || "";
  return join(environment["AWS_CLI_OIDC_CONFIG"] || join(home, ".aws-cli-oidc"), "config.yaml");
}

/** Before the plan: an identity whose secret is not there would fail at its first use. */
async function keepSecrets(providers: readonly ImportedProvider[], { compose }: Context): Promise<void> {
  for (const { name, clientSecret } of providers) {
    if (clientSecret !== null) await (await compose.store()).save("keys", clientSecretName(name), clientSecret);
  }
}

/** What people do themselves: the other tool's files and keychain are not ours to change. */
function sayWhatIsLeft(
  providers: readonly ImportedProvider[],
  asking: readonly AskingProfile[],
  { awsConfig, brevet }: { readonly awsConfig: string; readonly brevet: string },
  { terminal }: Context,
): void {
  for (const { name, left } of providers) for (const line of left) terminal.warn(`${name}: left out ${line}`);
  const lineOf = (profile: string): string => `credential_process = ${credentialProcess(brevet, profile)}`;
  for (const { name, federation, roleArn } of providers) {
    const hasProfile = roleArn !== null || asking.some(({ provider }) => provider === name);
    if (federation.kind !== "saml" || hasProfile) continue;
    const command = shellCommand`brevet roles ${name} --saml --audience ${federation.audience} --pick`;
    terminal.say(`${name}: it named no role, so it has no profile: \`${command}\` offers them`);
  }
  for (const { name } of providers.filter(({ roleArn }) => roleArn !== null)) {
    if (asking.some((profile) => profile.name === name)) continue;
    terminal.say(`for AWS's tools, in a new section [profile ${name}] of ${awsConfig}: \`${lineOf(name)}\``);
  }
  for (const { name } of asking) {
    terminal.say(`in ${awsConfig}, profile ${name}: \`${lineOf(name)}\``);
  }
  if (providers.some(({ clientSecret }) => clientSecret !== null)) {
    terminal.warn("the old config still holds a client secret in clear: delete it once everything works");
  }
}

/** Credentials that end by themselves, under a name of the other tool's own: it clears them, if a person wants that. */
async function offerToClear(isDryRun: boolean, { terminal, environment }: Context): Promise<void> {
  const question = "delete the credentials that aws-cli-oidc keeps in the keychain?";
  const isAsked = !isDryRun && terminal.hasPerson && mayHaveProgram("aws-cli-oidc", environment);
  if (!isAsked || !(await terminal.confirm(question, "no"))) {
    terminal.say("`aws-cli-oidc clear-secret` removes what aws-cli-oidc keeps in the keychain");
    return;
  }
  const { runProgram } = await import("../../platform/processes/run-program.ts");
  try {
    await runProgram({ command: ["aws-cli-oidc", "clear-secret"], environment, deadlineSeconds: 60 }, "");
    terminal.say("aws-cli-oidc has deleted them");
  } catch (cause) {
    if (!(cause instanceof Fault)) throw cause;
    terminal.warn("`aws-cli-oidc clear-secret` did not work; the entry of the keychain is called aws-cli-oidc");
  }
}
