import { Fault } from "../../core/fault.ts";
import { listed } from "../../core/listed.ts";
import { shellCommand } from "../../core/shell-command.ts";
import { unsetCommand } from "../../core/shell-variables.ts";
import { BEFORE_PROCESS } from "../../wire/aws-config/credential-keys.ts";
import { SHADOWING_VARIABLES } from "../../wire/aws-config/environment.ts";
import { type LongLivedKey, longLivedKeys } from "../../wire/aws-config/long-lived-keys.ts";
import { type AwsConfig, type ConfigSection, parseAwsConfig } from "../../wire/aws-config/parse.ts";
import { profileNames, profileOfSection } from "../../wire/aws-config/profile.ts";
import { EXEC_MARK } from "../../wire/environment.ts";
import type { Check, CheckResult } from "./checks.ts";

/** One of the two files of the AWS tools; null text where it is not there. */
export interface AwsFileText {
  readonly path: string;
  readonly text: string | null;
}

export interface AwsFilesFacts {
  readonly config: AwsFileText;
  readonly credentials: AwsFileText;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The profiles of brevet's own config; null: it cannot be read. */
  readonly profiles: readonly string[] | null;
  /** Whether there is a program at that path. */
  readonly isProgram: (path: string) => boolean;
}

/** Whether what the AWS tools read leads to brevet where it should, and whether anything gets in between. */
export function awsFileChecks(facts: AwsFilesFacts): readonly Check[] {
  const { config, credentials, environment } = facts;
  const files = [
    { path: config.path, config: readIfWell(config), form: "config" },
    { path: credentials.path, config: readIfWell(credentials), form: "credentials" },
  ] as const;
  return [
    { name: config.path, run: async () => checkConfig(facts) },
    { name: credentials.path, run: async () => checkCredentials(facts) },
    ...longLivedKeys(files, environment).map((key) => ({ name: `long-lived key ${key.id}`, run: async () => reportKey(key) })),
    ...otherTools(files[0].config).map(([tool, names]) => ({ name: tool, run: async () => reportTool(tool, names) })),
    { name: "AWS variables", run: async () => checkVariables(environment) },
  ];
}

/** IAM has to be told whose key it is, unless the key itself signs the call. @see IAM API Reference, UpdateAccessKey */
function reportKey({ id, places, profiles }: LongLivedKey): CheckResult {
  const by = profiles.length === 0 ? "" : `; profiles by it: ${listed(profiles)}`;
  const away = `aws iam update-access-key --status Inactive --access-key-id ${id} --user-name USER`;
  return {
    outcome: "warn",
    text: `in ${places.join(" and ")}${by}`,
    hint: `put roles in its place, then \`${away}\`; whose it is, and when it was used last: \`aws iam get-access-key-last-used --access-key-id ${id}\``,
  };
}

/** Tools that keep something long-lived of their own, by which they serve profiles, and what shows or takes over what they have. */
const OTHER_TOOLS: Readonly<Record<string, { readonly keeps: string; readonly hint: string }>> = {
  "aws-vault": {
    keeps: "long-lived keys in a keychain or a file",
    hint: "`aws-vault list` shows whose; put a role in their place, then: `brevet import aws --via PROFILE`",
  },
  granted: {
    keeps: "long-lived keys in a keychain, or sessions of IAM Identity Center",
    hint: "put a role in their place, then: `brevet import aws --via PROFILE`",
  },
  saml2aws: {
    keeps: "a password, or asks for it",
    hint: "`brevet import saml2aws --client-id ID` takes over accounts at Keycloak",
  },
};

function otherTools(config: AwsConfig | null): readonly (readonly [tool: string, profiles: readonly string[]])[] {
  const asking = (config?.sections ?? []).map((section) => ({
    profile: profileOfSection(section),
    tool: programName(settingOf(section, "credential_process")),
  }));
  return Object.keys(OTHER_TOOLS).flatMap((tool) => {
    const profiles = asking.filter((one) => one.tool === tool).flatMap(({ profile }) => profile ?? []);
    return profiles.length === 0 ? [] : [[tool, profiles] as const];
  });
}

function reportTool(tool: string, profiles: readonly string[]): CheckResult {
  const { keeps = "", hint = "" } = OTHER_TOOLS[tool] ?? {};
  return { outcome: "warn", text: `it keeps ${keeps}; profiles by it: ${listed(profiles)}`, hint };
}

function checkConfig(facts: AwsFilesFacts): CheckResult {
  const { config } = facts;
  const parsed = read(config);
  if (parsed === null) return { outcome: "good", text: "it is not there" };
  const ours = parsed.sections.filter(isOurs);
  const problem = doubled(parsed) ?? ours.map((section) => problemOf(section, facts)).find((found) => found !== null);
  if (problem) return problem;
  const [lost, ...more] = lostProfiles(config, facts.profiles);
  if (lost !== undefined) {
    const names = listed([lost, ...more].map(({ name }) => name));
    return {
      outcome: "bad",
      text:
        more.length === 0
          ? `the profile ${lost.name} asks brevet for ${lost.wanted}, which brevet's config does not have`
          : `the profiles ${names} ask brevet for profiles which brevet's config does not have`,
      hint: `take ${more.length === 0 ? "it" : "them"} out of ${config.path}; then make what is needed: \`${shellCommand`brevet setup aws --role ARN --profile ${lost.wanted}`}\``,
    };
  }
  return { outcome: "good", text: `profiles: ${profileNames(parsed).length}, by brevet: ${ours.length}` };
}

/** Two spellings of one name are two sections, of which tools take one or the other. */
function doubled(config: AwsConfig): CheckResult | null {
  const seen = new Map<string, ConfigSection>();
  for (const section of config.sections) {
    // [profile default] is read by some, [default] by all.
    const name = profileOfSection(section) ?? null;
    if (name === null) continue;
    const twin = seen.get(name);
    if (twin !== undefined) {
      return {
        outcome: "bad",
        text: `the profile ${name} is there twice, as [${twin.header}] in line ${twin.headerLine + 1} and as [${section.header}] in line ${section.headerLine + 1}`,
        hint: "take one of the two out: tools differ in which they read",
      };
    }
    seen.set(name, section);
  }
  return null;
}

/** The profiles of an AWS config that ask brevet for one that it does not have. @param profiles null: brevet's config cannot be read. */
export function lostProfiles(
  file: AwsFileText,
  profiles: readonly string[] | null,
): readonly { readonly name: string; readonly wanted: string }[] {
  if (profiles === null) return [];
  return (readIfWell(file)?.sections ?? []).filter(isOurs).flatMap((section) => {
    const wanted = profileIn(settingOf(section, "credential_process"));
    return wanted === null || profiles.includes(wanted) ? [] : [{ name: profileOfSection(section) ?? section.header, wanted }];
  });
}

function problemOf(section: ConfigSection, facts: AwsFilesFacts): CheckResult | null {
  const { config, isProgram } = facts;
  const name = profileOfSection(section) ?? section.header;
  const rival = section.keys.find((key) => BEFORE_PROCESS.includes(key.name));
  if (rival !== undefined) {
    return {
      outcome: "bad",
      text: `the profile ${name} has ${rival.name} beside credential_process, and tools prefer that`,
      hint: `take line ${rival.firstLine + 1} out of ${config.path}`,
    };
  }
  const program = firstWord(settingOf(section, "credential_process"));
  if (program.startsWith("/") && !isProgram(program)) {
    return {
      outcome: "bad",
      text: `the profile ${name} starts ${program}, which is not there`,
      hint: `write it anew: \`${shellCommand`brevet setup aws --role ARN --profile ${name}`}\``,
    };
  }
  return null;
}

function checkCredentials({ config, credentials }: AwsFilesFacts): CheckResult {
  const parsed = read(credentials);
  if (parsed === null) return { outcome: "good", text: "it is not there" };
  const profiles = readIfWell(config);
  const ours = profiles?.sections.filter(isOurs).map((section) => profileOfSection(section)) ?? [];
  const shadow = parsed.sections.find(
    ({ header, keys }) => ours.includes(header) && keys.some(({ name }) => name.startsWith("aws_")),
  );
  if (shadow !== undefined) {
    return {
      outcome: "bad",
      text: `[${shadow.header}] holds keys, and tools prefer them to the profile of that name that asks brevet`,
      hint: `take [${shadow.header}] out of ${credentials.path}`,
    };
  }
  return { outcome: "good", text: "nothing in it comes before a profile by brevet" };
}

function checkVariables(environment: AwsFilesFacts["environment"]): CheckResult {
  const isSet = (name: string): boolean => (environment[name] ?? "") !== "";
  const keyId = environment["AWS_ACCESS_KEY_ID"] ?? "";
  const around = environment[EXEC_MARK] ?? "";
  if (around !== "" && (keyId === "" ? isSet("AWS_CONTAINER_CREDENTIALS_FULL_URI") : keyId.startsWith("ASIA")))
    return { outcome: "good", text: `this runs in \`brevet exec\`, by ${around}, whose credentials tools use` };
  if (keyId !== "") {
    const kind = keyId.startsWith("AKIA") ? "the long-lived key" : "the key";
    return {
      outcome: "warn",
      text: `AWS_ACCESS_KEY_ID is set: tools use ${kind} ${keyId} and no profile`,
      hint: `\`${unsetCommand(["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"])}\``,
    };
  }
  const shadows = Object.keys(SHADOWING_VARIABLES).filter((name) => isSet(name) && !/^AWS_(DEFAULT_)?PROFILE$/.test(name));
  const [shadow] = shadows;
  if (shadow !== undefined) {
    return {
      outcome: "warn",
      text: `${shadows.join(", ")} ${shadows.length === 1 ? "is" : "are"} set: ${SHADOWING_VARIABLES[shadow]}`,
      hint: `\`${unsetCommand(shadows)}\``,
    };
  }
  const endpoint = ["AWS_ENDPOINT_URL_STS", "AWS_ENDPOINT_URL"].find(isSet);
  if (endpoint === undefined) return { outcome: "good", text: "none is in the way" };
  return {
    outcome: "warn",
    text: `${endpoint} leads to ${environment[endpoint]}`,
    hint: `\`${unsetCommand([endpoint])}\` for AWS itself`,
  };
}

/** @throws {Fault} `AWS_CONFIG_MALFORMED`, which names the line: a section or a key that is there twice, too. */
function read({ path, text }: AwsFileText): AwsConfig | null {
  return text === null ? null : parseAwsConfig(text, path);
}

/** For a check of the other file: what is wrong with this one is told by its own. */
function readIfWell(file: AwsFileText): AwsConfig | null {
  try {
    return read(file);
  } catch (cause) {
    if (cause instanceof Fault) return null;
    throw cause;
  }
}

function isOurs(section: ConfigSection): boolean {
  return /(^|[\\/'" ])brevet(\.exe|\.cjs)?(['" ]|$)/.test(settingOf(section, "credential_process"));
}

function settingOf(section: ConfigSection, key: string): string {
  return section.keys.find(({ name }) => name === key)?.value ?? "";
}

function firstWord(command: string): string {
  const [, single, double, bare] = /^(?:'([^']*)'|"([^"]*)"|(\S+))/.exec(command) ?? [];
  return single ?? double ?? bare ?? "";
}

/** `aws-vault` of `"/opt/my tools/aws-vault.exe" exec …`. */
function programName(command: string): string {
  return (firstWord(command).split(/[\\/]/).at(-1) ?? "").replace(/\.exe$/i, "");
}

function profileIn(command: string): string | null {
  return /--profile[= ]'?([A-Za-z0-9._-]+)/.exec(command)?.[1] ?? null;
}
