import { existsSync } from "node:fs";
import { isAbsolute, resolve } from "node:path";
import { Fault } from "../../core/fault.ts";
import type { PlanPorts } from "../../flows/apply-plan.ts";
import { awsFiles } from "../../platform/aws-files.ts";
import { ownProgram } from "../../platform/own-program.ts";
import { readUserFile } from "../../platform/user-file.ts";
import { type FileText, type JoinAwsPresent, planJoinAws } from "../../setup/join-aws.ts";
import { ownCommand } from "../../setup/own-command.ts";
import type { Plan } from "../../setup/plan.ts";
import type { Present } from "../../setup/provisioner.ts";
import type { PlanRecords } from "../../setup/record.ts";
import { encodeCommand } from "../../wire/aws-config/command.ts";
import type { Context } from "../command.ts";

/** A profile for AWS tools, as the flags of `setup aws` describe it. */
export interface ProfileWish {
  /** undefined: the first free one. */
  readonly profile: string | undefined;
  readonly roleArn: string;
  readonly region: string | null;
  /** Another STS endpoint; null: the region's. */
  readonly endpointUrl: string | null;
  readonly identity: string;
  /** The brevet that AWS tools run; undefined: the one that runs now. */
  readonly program: string | undefined;
}

/** The plan of the two profiles: in brevet's config and in that of the AWS tools. @throws {Fault} as `planJoinAws`. */
export async function planProfiles(wish: ProfileWish, plans: PlanPorts, context: Context): Promise<Plan> {
  const { profile, program, ...rest } = wish;
  return planJoinAws({ ...rest, name: profile ?? null, command: commandOf(program, context) }, await lookAround(context, plans));
}

/** The name that a plan of {@link planProfiles} gives its profiles. */
export function profileNameOf(plan: Plan): string {
  return plan.steps.find(({ kind }) => kind === "brevet-profile")?.address["profile"] ?? plan.id;
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
