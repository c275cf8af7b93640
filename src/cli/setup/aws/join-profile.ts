import { readOwnJson } from "../../../core/json-object.ts";
import type { PlanPorts } from "../../../flows/apply-plan.ts";
import { awsFiles } from "../../../platform/aws-files.ts";
import { readUserFile } from "../../../platform/user-file.ts";
import { type FileText, type JoinAwsInput, type JoinAwsPresent, planJoinAws } from "../../../setup/join-aws.ts";
import type { Plan } from "../../../setup/plan.ts";
import { encodeCommand } from "../../../wire/aws-config/command.ts";
import { parseEndpointUrl } from "../../../wire/brevet-config/option-values.ts";
import type { Context } from "../../command.ts";
import { entryReader } from "../present-entries.ts";
import { writtenProgram } from "../written-program.ts";

/** A profile for AWS tools, as the flags of `setup aws` describe it. */
export interface ProfileWish extends Omit<JoinAwsInput, "name" | "command"> {
  /** undefined: the first free one. */
  readonly profile: string | undefined;
  /** The brevet that AWS tools run; undefined: the one that runs now. */
  readonly program: string | undefined;
}

/** What starts brevet in the config of the AWS tools. @throws {Fault} as `writtenProgram` and `encodeCommand`. */
export function commandForTools(program: string | undefined, context: Context): string {
  return encodeCommand(writtenProgram(program, context), process.platform === "win32" ? "cmd" : "posix");
}

/** The plan of the two profiles: in brevet's config and in that of the AWS tools. @throws {Fault} `URL_INVALID`; as `planJoinAws`. */
export async function planProfiles(wish: ProfileWish, plans: PlanPorts, context: Context): Promise<Plan> {
  const { profile, program, ...rest } = wish;
  if (rest.endpointUrl !== null) parseEndpointUrl(rest.endpointUrl, "--endpoint-url", "https://sts.eu-west-1.amazonaws.com");
  return planJoinAws(
    { ...rest, name: profile ?? null, command: commandForTools(program, context) },
    await lookAround(context, plans),
  );
}

/** The name that a plan of {@link planProfiles} gives its profiles. */
export function profileNameOf(plan: Plan): string {
  return plan.steps.find(({ kind }) => kind === "brevet-profile")?.address["profile"] ?? plan.id;
}

/** Whether brevet's own profile has a region after a plan of {@link planProfiles}. */
export function hasRegion(plan: Plan): boolean {
  const { after } = plan.steps.find(({ id }) => id === "brevet-profile") ?? {};
  return readOwnJson<{ readonly aws?: { readonly region?: string } }>(after ?? "{}").aws?.region !== undefined;
}

async function lookAround(context: Context, plans: PlanPorts): Promise<JoinAwsPresent> {
  const { compose, environment, paths } = context;
  const files = awsFiles(environment);
  const textOf = (file: string): FileText => ({ file, text: readUserFile(file)?.text ?? "" });
  const read = await entryReader(context, plans);
  const names = [...(await compose.config()).profiles.keys()];
  const profiles = names.map(async (name) => [name, await read("profile", name)] as const);
  return {
    awsConfig: textOf(files.config),
    awsCredentials: textOf(files.credentials),
    brevetConfigFile: paths.configFile,
    brevetProfiles: new Map(await Promise.all(profiles)),
  };
}
