import { existsSync } from "node:fs";
import { isAbsolute, resolve } from "node:path";
import { Fault } from "../../core/fault.ts";
import { applyPlan, type PlanPorts } from "../../flows/apply-plan.ts";
import { awsFiles } from "../../platform/aws-files.ts";
import { ownProgram } from "../../platform/own-program.ts";
import { readUserFile } from "../../platform/user-file.ts";
import { describePlan, planJson } from "../../setup/diff.ts";
import { type FileText, type JoinAwsPresent, planJoinAws } from "../../setup/join-aws.ts";
import { ownCommand } from "../../setup/own-command.ts";
import { changesOf, type Plan } from "../../setup/plan.ts";
import type { Present } from "../../setup/provisioner.ts";
import type { PlanRecords } from "../../setup/record.ts";
import { encodeCommand } from "../../wire/aws-config/command.ts";
import { type Context, defineCommand } from "../command.ts";
import { selectIdentity } from "../select.ts";

const flags = {
  role: { kind: "text", value: "ARN", doc: "the role that exists, whose trust policy names this identity" },
  profile: { kind: "text", value: "NAME", short: "p", doc: "the name of the profile; default: brevet, brevet-2, …" },
  region: { kind: "text", value: "REGION", doc: "the profile's region; default: $AWS_REGION, else none" },
  identity: { kind: "text", value: "NAME", doc: "the identity that proves it; default: the only one" },
  program: { kind: "text", value: "FILE", doc: "the brevet that AWS tools run; default: the one that runs now" },
  "dry-run": { kind: "switch", doc: "show what would be done and do nothing" },
  json: { kind: "switch", doc: "print the plan as JSON" },
} as const;

export const command = defineCommand({
  path: "setup aws",
  summary: "give AWS tools a profile of a role",
  description: [
    "Adds a profile to brevet's config and one of the same name to ~/.aws/config, which asks brevet for credentials.",
    "Nothing else in the two files changes; a copy is kept beside each. `brevet unsetup` takes exactly this away again.",
  ].join("\n"),
  flags,
  examples: [
    { line: "brevet setup aws --role arn:aws:iam::123456789012:role/dev", does: "then: aws --profile brevet s3 ls" },
    { line: "brevet setup aws --role arn:aws:iam::123456789012:role/dev --dry-run", does: "show the changes" },
  ],
  async run({ flags }, context) {
    const { compose, terminal, output, errorOutput, environment } = context;
    const role = requireRole(flags.role);
    const region = flags.region ?? (environment["AWS_REGION"] || environment["AWS_DEFAULT_REGION"] || null);
    // Raises what is wrong with the role, the region or the identity before anything is planned.
    const path = await compose.awsProfile({
      identity: flags.identity,
      overrides: { roleArn: role, ...(region === null ? {} : { region }) },
      typed: { roleArn: "--role", region: flags.region === undefined ? "AWS_REGION" : "--region" },
    });
    (await path.openExchange()).request();
    const plans = await compose.plans();
    const plan = planJoinAws(
      {
        name: flags.profile ?? null,
        roleArn: role,
        region,
        // By its name even if it is the only one: a second identity must not make the profile ambiguous.
        identity: selectIdentity(await compose.config(), flags.identity).name,
        command: commandOf(flags.program, context),
      },
      await lookAround(context, plans),
    );
    if (flags.json) output(`${JSON.stringify(planJson(plan), null, 2)}\n`);
    if (flags["dry-run"]) {
      if (!flags.json) output(`${describePlan(plan)}\n`);
      return 0;
    }
    if (!flags.json && changesOf(plan).length > 0) errorOutput(`${describePlan(plan)}\n`);
    await applyPlan(plan, plans);
    const name = nameOf(plan);
    await warnIfUnpublished(flags.identity, context);
    terminal.say(changesOf(plan).length === 0 ? "everything was as it should be" : `the profile ${name} is ready`);
    if (region === null) terminal.warn("the profile has no region, which most AWS tools need: run this again with --region");
    terminal.say(`try it: aws sts get-caller-identity --profile ${name}`);
    terminal.say(`take it away: brevet unsetup ${plan.id}`);
    return 0;
  },
});

function requireRole(role: string | undefined): string {
  if (role !== undefined) return role;
  throw new Fault("USAGE_INVALID", "`brevet setup aws` needs --role", {
    hints: ["run `brevet setup aws --role arn:aws:iam::123456789012:role/NAME` with a role that exists"],
  });
}

/** The profile is right, and would be refused all the same. */
async function warnIfUnpublished(named: string | undefined, { compose, terminal }: Context): Promise<void> {
  const { entry, identity } = await compose.identity(named);
  if ((await identity.describe()).issuer !== null) return;
  terminal.warn(
    `the identity ${entry.name} has no issuer yet, so no cloud can check its tokens: \`brevet issuer generate --help\``,
  );
}

/** What the user named is taken as it is; what runs by itself has to be there tomorrow too. */
function commandOf(program: string | undefined, { environment, workingFolder }: Context): string {
  const own = ownProgram(environment);
  const shell = process.platform === "win32" ? "cmd" : "posix";
  if (program === undefined) return encodeCommand(ownCommand(own), shell);
  const file = isAbsolute(program) ? program : resolve(workingFolder, program);
  if (!existsSync(file)) throw new Fault("COMMAND_ABSENT", `there is no program ${file}`);
  return encodeCommand(/\.[cm]?js$/.test(file) ? [own.executable, file] : [file], shell);
}

async function lookAround({ compose, environment, paths }: Context, plans: PlanPorts): Promise<JoinAwsPresent> {
  const files = awsFiles(environment);
  const textOf = (file: string): FileText => ({ file, text: readUserFile(file)?.text ?? "" });
  const provisioner = await plans.provisionerFor("brevet-profile");
  const made = await profilesOfRecords(plans.records);
  const profiles = [...(await compose.config()).profiles.keys()].map(async (profile): Promise<readonly [string, Present]> => {
    const { state } = await provisioner.read({ kind: "brevet-profile", address: { file: paths.configFile, profile } });
    return [profile, { state, owner: made.has(profile) ? "ours" : "theirs" }];
  });
  return {
    awsConfig: textOf(files.config),
    awsCredentials: textOf(files.credentials),
    brevetConfigFile: paths.configFile,
    brevetProfiles: new Map(await Promise.all(profiles)),
  };
}

/** Nothing in the config says which profiles a setup made: the records do. */
async function profilesOfRecords(records: PlanRecords): Promise<ReadonlySet<string>> {
  const all = await Promise.all((await records.list()).map((id) => records.load(id)));
  const steps = all.flatMap((record) => record?.steps ?? []);
  const made = steps.filter(({ step }) => step.kind === "brevet-profile");
  return new Set(made.map(({ step }) => step.address["profile"] ?? ""));
}

function nameOf(plan: Plan): string {
  return plan.steps[0]?.address["profile"] ?? plan.id;
}
