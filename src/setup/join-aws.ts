import { Fault } from "../core/fault.ts";
import { type JsonObject, readOwnJson } from "../core/json-object.ts";
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
import { configStep, NO_ENTRY, ownerFor, type PresentEntry } from "./config-entry.ts";
import type { Plan, Step } from "./plan.ts";
import { plannedStep } from "./planned-step.ts";
import { leadsThrough, type ProfileSource } from "./profile-source.ts";

/** The plan of `setup aws --role`: a role that exists gets a profile of brevet and one of the AWS tools. */

/** The comment by which a section of an AWS config file is known as ours, whatever became of our records. */
export const OWNER_MARK = "# made by brevet:";

export interface JoinAwsInput {
  /** The name that the user gave; null: the first free one of `brevet`, `brevet-2`, … */
  readonly name: string | null;
  readonly roleArn: string;
  /** The one that was named; null: a profile keeps its own. */
  readonly region: string | null;
  /** Of a profile that has none of its own; null: it is to have none. */
  readonly defaultRegion: string | null;
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
  readonly brevetProfiles: ReadonlyMap<string, PresentEntry>;
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
  const { brevetConfigFile: file, brevetProfiles } = present;
  const step = (profile: string, value: JsonObject, stepId: string): Step =>
    configStep(planId(name), file, { noun: "profile", name: profile, value, stepId }, entryOf(profile));
  const entryOf = (profile: string): PresentEntry => brevetProfiles.get(profile) ?? NO_ENTRY;
  const value = joinedProfile(input, entryOf(name));
  const { tokenAudience = null } = input;
  const token = { via: name, awsToken: { audience: tokenAudience } };
  return {
    id: planId(name),
    title: `AWS tools get the role ${input.roleArn} as the profile ${name}`,
    steps: [
      step(name, value, "brevet-profile"),
      ...(tokenAudience === null ? [] : [step(`${name}-token`, token, "token-profile")]),
      awsStep(name, input, value.aws.region ?? null, present.awsConfig),
    ],
  };
}

function planId(name: string): string {
  return `aws-${name}`;
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
  const entry = brevetProfiles.get(name) ?? NO_ENTRY;
  const { state } = entry;
  if (state === null || state === JSON.stringify(joinedProfile(input, entry), null, 2)) return null;
  const sameRole = blockOf(state).roleArn === input.roleArn;
  return ownerFor(planId(name), entry) === "ours" && (sameRole || input.name !== null)
    ? null
    : "brevet has another profile of that name";
}

function hasProfile({ file, text }: FileText, name: string, form: AwsConfigForm): boolean {
  return profileNames(parseAwsConfig(text, file), form).includes(name);
}

/** Whether a section's text bears our mark. */
export function isOurs(section: string): boolean {
  return section.split("\n").some((line) => line.startsWith(OWNER_MARK));
}

function joinedProfile(
  { roleArn, region, defaultRegion, endpointUrl, source, saml = null }: JoinAwsInput,
  present: PresentEntry,
) {
  const own = region ?? blockOf(present.state).region ?? defaultRegion;
  return {
    ...source,
    aws: {
      roleArn,
      ...(own === null ? {} : { region: own }),
      ...(endpointUrl === null ? {} : { endpointUrl }),
      ...(saml === null ? {} : { saml }),
    },
  };
}

/** The `aws` block of a profile of the config, as far as it is looked at here. */
function blockOf(state: string | null): { readonly roleArn?: string; readonly region?: string } {
  return readOwnJson<{ readonly aws?: ReturnType<typeof blockOf> }>(state ?? "{}").aws ?? {};
}

/** @param regionOfProfile that of brevet's own profile. */
function awsStep(
  name: string,
  { command, region }: JoinAwsInput,
  regionOfProfile: string | null,
  { file, text }: FileText,
): Step {
  const config = parseAwsConfig(text, file);
  const section = findProfile(config, name);
  const hasOwn = section?.keys.some((key) => key.name === "region") ?? false;
  const wanted = region ?? (hasOwn ? null : regionOfProfile);
  const values = {
    credential_process: credentialProcess(command, name),
    ...(wanted === null ? {} : { region: wanted }),
  };
  const before = section === null ? null : sectionText(config, section);
  const step = {
    id: "aws-profile",
    kind: "aws-profile",
    address: { file, profile: name },
    what: `${profileHeader(name)} in ${file}`,
    after: before === null ? newSection(name, values) : changedSection(name, before, values),
  };
  return plannedStep(step, { state: before, owner: before === null ? "nobody" : "ours" }, VERBS);
}

function newSection(name: string, values: Readonly<Record<string, string>>): string {
  const mark = `${OWNER_MARK} \`brevet unsetup aws-${name}\` undoes it`;
  return [profileHeader(name), mark, ...Object.entries(values).map(([key, value]) => `${key} = ${value}`)].join("\n");
}

/** Keys that the user put into our section stay. */
function changedSection(name: string, before: string, values: Readonly<Record<string, string>>): string {
  const config = parseAwsConfig(before, "section");
  const section = findProfile(config, name);
  return section === null ? before : setKeys(config, section, values).replace(/\n$/, "");
}

const VERBS = { create: "add" } as const;

/** What a profile of the AWS tools asks for credentials. @param command as in {@link JoinAwsInput}. */
export function credentialProcess(command: string, profile: string): string {
  return `${command} credential aws --profile ${profile}`;
}
