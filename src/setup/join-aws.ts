import { Fault } from "../core/fault.ts";
import { parseAwsConfig } from "../wire/aws-config/parse.ts";
import {
  type AwsConfigForm,
  findProfile,
  profileHeader,
  profileNames,
  sectionText,
  setKeys,
} from "../wire/aws-config/profile.ts";
import { requireName } from "../wire/brevet-config/require-name.ts";
import type { Plan, Step } from "./plan.ts";
import { entryStep, plannedStep } from "./planned-step.ts";
import { leadsThrough, type ProfileSource } from "./profile-source.ts";
import type { Present } from "./provisioner.ts";

/** The plan of `setup aws --role`: a role that exists gets a profile of brevet and one of the AWS tools. */

/** The comment by which a section of an AWS config file is known as ours, whatever became of our records. */
export const OWNER_MARK = "# made by brevet:";

export interface JoinAwsInput {
  /** The name that the user gave; null: the first free one of `brevet`, `brevet-2`, … */
  readonly name: string | null;
  readonly roleArn: string;
  readonly region: string | null;
  /** Another STS endpoint; null: the region's. */
  readonly endpointUrl: string | null;
  readonly source: ProfileSource;
  /** The audience of a second profile, for tokens that AWS signs for the role; null: none (the default). */
  readonly tokenAudience?: string | null;
  /** By SAML assertions; null: by tokens (the default). */
  readonly saml?: { readonly audience?: string; readonly providerArn?: string } | null;
  /** The command that starts brevet, encoded for `credential_process`. */
  readonly command: string;
}

/** What is there now. */
export interface JoinAwsPresent {
  readonly awsConfig: FileText;
  readonly awsCredentials: FileText;
  readonly brevetConfigFile: string;
  /** The profiles of brevet's config by name. */
  readonly brevetProfiles: ReadonlyMap<string, Present>;
}

export interface FileText {
  readonly file: string;
  /** Empty when there is no such file. */
  readonly text: string;
}

/**
 * The plan that adds both profiles under one name, or brings them up to date.
 *
 * @throws {Fault} `NAME_INVALID`; `PLAN_CONFLICT` when the name that was given is taken by somebody else; `AWS_CONFIG_MALFORMED`.
 */
export function planJoinAws(input: JoinAwsInput, present: JoinAwsPresent): Plan {
  const name = input.name ?? freeName(input, present);
  requireName(name, "profile");
  const taken = takenBy(name, input, present);
  if (taken !== null) {
    throw new Fault("PLAN_CONFLICT", `the profile ${name} is taken: ${taken}`, {
      hints: ["give another name by `--profile NAME`, or none"],
      details: { profile: name },
    });
  }
  return {
    id: `aws-${name}`,
    title: `AWS tools get the role ${input.roleArn} as the profile ${name}`,
    steps: [brevetStep(name, input, present), ...tokenSteps(name, input, present), awsStep(name, input, present.awsConfig)],
  };
}

function freeName(input: JoinAwsInput, present: JoinAwsPresent): string {
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? "brevet" : `brevet-${number}`;
    if (takenBy(name, input, present) === null) return name;
  }
}

/** What has the name already, in words; null when it is free, or ours for the same role. */
function takenBy(
  name: string,
  input: JoinAwsInput,
  { awsConfig, awsCredentials, brevetProfiles }: JoinAwsPresent,
): string | null {
  // Keys in the credentials file are preferred to a credential_process of the same name.
  if (hasProfile(awsCredentials, name, "credentials")) return `${awsCredentials.file} has keys of that name`;
  const config = parseAwsConfig(awsConfig.text, awsConfig.file);
  const section = findProfile(config, name);
  if (section !== null && !isOurs(sectionText(config, section))) return `${awsConfig.file} has a section of that name`;
  if (leadsThrough(input.source, name, (profile) => brevetProfiles.get(profile)?.state ?? null))
    return "the way to the role leads through it";
  const { state, owner } = brevetProfiles.get(name) ?? ABSENT;
  if (state === null || state === profileState(input)) return null;
  const sameRole = roleOf(state) === input.roleArn;
  return owner === "ours" && (sameRole || input.name !== null) ? null : "brevet has another profile of that name";
}

function hasProfile({ file, text }: FileText, name: string, form: AwsConfigForm): boolean {
  return profileNames(parseAwsConfig(text, file), form).includes(name);
}

/** Whether a section's text bears our mark. */
export function isOurs(section: string): boolean {
  return section.split("\n").some((line) => line.startsWith(OWNER_MARK));
}

function brevetStep(name: string, input: JoinAwsInput, { brevetConfigFile: file, brevetProfiles }: JoinAwsPresent): Step {
  const wanted = {
    id: "brevet-profile",
    kind: "brevet-profile",
    address: { file, profile: name },
    what: `the profile ${name} in ${file}`,
    after: profileState(input),
  };
  return plannedStep(wanted, brevetProfiles.get(name) ?? ABSENT, VERBS);
}

function tokenSteps(
  name: string,
  { tokenAudience = null }: JoinAwsInput,
  { brevetConfigFile: file, brevetProfiles }: JoinAwsPresent,
): readonly Step[] {
  if (tokenAudience === null) return [];
  const profile = `${name}-token`;
  const wanted = {
    id: "token-profile",
    kind: "brevet-profile",
    address: { file, profile },
    what: `the profile ${profile} in ${file}`,
    after: JSON.stringify({ via: name, awsToken: { audience: tokenAudience } }, null, 2),
  };
  return [entryStep(wanted, brevetProfiles.get(profile) ?? ABSENT, "give another name by `--profile NAME`")];
}

/** A profile of brevet's config as its provisioner reads it: JSON in the order of {@link joinedProfile}. */
function profileState(input: JoinAwsInput): string {
  return JSON.stringify(joinedProfile(input), null, 2);
}

function joinedProfile({ roleArn, region, endpointUrl, source, saml = null }: JoinAwsInput): unknown {
  return {
    ...source,
    aws: {
      roleArn,
      ...(region === null ? {} : { region }),
      ...(endpointUrl === null ? {} : { endpointUrl }),
      ...(saml === null ? {} : { saml }),
    },
  };
}

function roleOf(state: string): unknown {
  const profile = JSON.parse(state) as { readonly aws?: { readonly roleArn?: unknown } };
  return profile.aws?.roleArn;
}

function awsStep(name: string, input: JoinAwsInput, { file, text }: FileText): Step {
  const config = parseAwsConfig(text, file);
  const section = findProfile(config, name);
  const values = {
    credential_process: `${input.command} credential aws --profile ${name}`,
    ...(input.region === null ? {} : { region: input.region }),
  };
  const before = section === null ? null : sectionText(config, section);
  const wanted = {
    id: "aws-profile",
    kind: "aws-profile",
    address: { file, profile: name },
    what: `${profileHeader(name)} in ${file}`,
    after: before === null ? newSection(name, values) : changedSection(name, before, values),
  };
  return plannedStep(wanted, { state: before, owner: before === null ? "nobody" : "ours" }, VERBS);
}

function newSection(name: string, values: Readonly<Record<string, string>>): string {
  const mark = `${OWNER_MARK} \`brevet unsetup aws-${name}\` takes it away`;
  return [profileHeader(name), mark, ...Object.entries(values).map(([key, value]) => `${key} = ${value}`)].join("\n");
}

/** Keys that the user put into our section stay. */
function changedSection(name: string, before: string, values: Readonly<Record<string, string>>): string {
  const config = parseAwsConfig(before, "section");
  const section = findProfile(config, name);
  return section === null ? before : setKeys(config, section, values).replace(/\n$/, "");
}

const ABSENT: Present = { state: null, owner: "nobody" };

const VERBS = { create: "add" } as const;
