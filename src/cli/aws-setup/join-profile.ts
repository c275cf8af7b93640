import type { PlanPorts } from "../../flows/apply-plan.ts";
import { awsFiles } from "../../platform/aws-files.ts";
import { readUserFile } from "../../platform/user-file.ts";
import { type FileText, type JoinAwsInput, type JoinAwsPresent, planJoinAws } from "../../setup/join-aws.ts";
import type { Plan } from "../../setup/plan.ts";
import type { Present } from "../../setup/provisioner.ts";
import { encodeCommand } from "../../wire/aws-config/command.ts";
import { parseEndpointUrl } from "../../wire/brevet-config/option-values.ts";
import type { Context } from "../command.ts";
import { profileReader } from "../present-profiles.ts";
import { writtenProgram } from "../written-program.ts";

/** A profile for AWS tools, as the flags of `setup aws` describe it. */
export interface ProfileWish extends Omit<JoinAwsInput, "name" | "command"> {
  /** undefined: the first free one. */
  readonly profile: string | undefined;
  /** The brevet that AWS tools run; undefined: the one that runs now. */
  readonly program: string | undefined;
}

/** The plan of the two profiles: in brevet's config and in that of the AWS tools. @throws {Fault} `URL_INVALID`; as `planJoinAws`. */
export async function planProfiles(wish: ProfileWish, plans: PlanPorts, context: Context): Promise<Plan> {
  const { profile, program, ...rest } = wish;
  if (rest.endpointUrl !== null) parseEndpointUrl(rest.endpointUrl, "--endpoint-url", "https://sts.eu-west-1.amazonaws.com");
  const command = encodeCommand(writtenProgram(program, context), process.platform === "win32" ? "cmd" : "posix");
  return planJoinAws({ ...rest, name: profile ?? null, command }, await lookAround(context, plans));
}

/** The name that a plan of {@link planProfiles} gives its profiles. */
export function profileNameOf(plan: Plan): string {
  return plan.steps.find(({ kind }) => kind === "brevet-profile")?.address["profile"] ?? plan.id;
}

async function lookAround({ compose, environment, paths }: Context, plans: PlanPorts): Promise<JoinAwsPresent> {
  const files = awsFiles(environment);
  const textOf = (file: string): FileText => ({ file, text: readUserFile(file)?.text ?? "" });
  const presentProfile = await profileReader(paths.configFile, plans);
  const profiles = [...(await compose.config()).profiles.keys()].map(
    async (profile): Promise<readonly [string, Present]> => [profile, await presentProfile(profile)],
  );
  return {
    awsConfig: textOf(files.config),
    awsCredentials: textOf(files.credentials),
    brevetConfigFile: paths.configFile,
    brevetProfiles: new Map(await Promise.all(profiles)),
  };
}
