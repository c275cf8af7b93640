import { dirname, join } from "node:path";
import { typedPlace } from "../../../core/place.ts";
import { shellCommand } from "../../../core/shell-command.ts";
import { setCommand } from "../../../core/shell-variables.ts";
import type { PlanPorts } from "../../../flows/apply-plan.ts";
import { type JoinGcpPresent, planJoinGcp } from "../../../setup/join-gcp.ts";
import type { Plan } from "../../../setup/plan.ts";
import { requireName } from "../../../wire/brevet-config/require-name.ts";
import type { Context } from "../../command.ts";
import { entryReader } from "../present-entries.ts";
import { writtenProgram } from "../written-program.ts";
import type { GcpSetupFlags } from "./flags.ts";

/** A profile for Google's tools. */
export interface ProfileWish {
  readonly identity: string;
  /** The provider's resource name. */
  readonly provider: string;
  readonly serviceAccount: string | undefined;
  readonly flags: Pick<GcpSetupFlags, "profile" | "duration" | "scope" | "audience" | "program" | "project">;
}

/** What was typed for the members of the block. */
const TYPED = typedPlace("--provider").withTyped({
  serviceAccount: "--service-account",
  duration: "--duration",
  scopes: "--scope",
  project: "--project",
  audience: "--audience",
});

/** The plan of the profile in brevet's config and of Google's credential file. @throws {Fault} what is wrong with the values. */
export async function planProfile(
  { identity, provider, serviceAccount, flags }: ProfileWish,
  plans: PlanPorts,
  context: Context,
): Promise<Plan> {
  const name = profileNameOf(flags);
  const block = {
    provider: provider.replace(/^(https:)?\/\/iam\.googleapis\.com\//, ""),
    serviceAccount,
    duration: flags.duration,
    scopes: flags.scope.length === 0 ? undefined : flags.scope,
    project: flags.project,
    audience: flags.audience,
  };
  const profile = Object.fromEntries(Object.entries(block).filter(([, value]) => value !== undefined));
  const settings = await context.compose.gcpSettings(profile, TYPED);
  const program = writtenProgram(flags.program, context);
  return planJoinGcp({ name, identity, profile, program, ...settings }, await lookAround(name, context, plans));
}

/** @throws {Fault} `NAME_INVALID` */
export function profileNameOf({ profile }: Pick<GcpSetupFlags, "profile">): string {
  return requireName(profile ?? "gcp", "profile");
}

/** Where the credential file of a profile is. */
export function credentialFile(configFile: string, profile: string): string {
  return join(dirname(configFile), "google", `${profile}.json`);
}

/** What to type next. @param project which the tools are told of; undefined: none is known. */
export function sayHowToUse(plan: Plan, profile: string, project: string | undefined, { terminal, paths }: Context): void {
  const file = credentialFile(paths.configFile, profile);
  const [forGcloud, forPrograms] =
    project === undefined ? [[], {}] : [[`--project=${project}`], { GOOGLE_CLOUD_PROJECT: project }];
  const mayStart = setCommand({ GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES: "1" });
  terminal.say(`in each shell, so that they may start brevet: \`${mayStart}\``);
  terminal.say(`for gcloud, once: \`${shellCommand`gcloud auth login ${[`--cred-file=${file}`, ...forGcloud]}`}\``);
  terminal.say(`for programs: \`${setCommand({ GOOGLE_APPLICATION_CREDENTIALS: file, ...forPrograms })}\``);
  terminal.say(`undo it: \`brevet unsetup ${plan.id}\``);
}

async function lookAround(name: string, context: Context, plans: PlanPorts): Promise<JoinGcpPresent> {
  const { paths } = context;
  const file = credentialFile(paths.configFile, name);
  const credential = { kind: "google-credential-file", address: { file, profile: name } };
  return {
    brevetConfigFile: paths.configFile,
    brevetProfile: await (await entryReader(context, plans))("profile", name),
    credentialFile: file,
    credential: await (await plans.provisionerFor(credential.kind)).read(credential),
  };
}
