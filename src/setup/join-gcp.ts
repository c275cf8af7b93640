import { requireName } from "../wire/brevet-config/require-name.ts";
import { encodeGoogleCredentialFile } from "../wire/google/credential-file.ts";
import type { Plan, Step } from "./plan.ts";
import { entryStep } from "./planned-step.ts";
import type { Present } from "./provisioner.ts";

/** The plan of `setup gcp --provider`: a provider that exists gets a profile of brevet and a credential file of Google's. */

export interface JoinGcpInput {
  readonly name: string;
  readonly identity: string;
  /** The `gcp` block of the profile. */
  readonly profile: Readonly<Record<string, unknown>>;
  readonly provider: string;
  readonly serviceAccount: string | null;
  readonly lifetimeSeconds: number | null;
  /** The words that start brevet. */
  readonly program: readonly string[];
  readonly stsUrl: string;
  readonly iamCredentialsUrl: string;
}

/** What is there now, each read at its address. */
export interface JoinGcpPresent {
  readonly brevetConfigFile: string;
  readonly brevetProfile: Present;
  readonly credentialFile: string;
  readonly credential: Present;
}

/**
 * The plan that adds both, or brings them up to date.
 *
 * @throws {Fault} `NAME_INVALID`; `PLAN_CONFLICT` when somebody else's profile or file is there; `VALUE_UNQUOTABLE`.
 */
export function planJoinGcp(input: JoinGcpInput, present: JoinGcpPresent): Plan {
  const { name } = input;
  requireName(name, "profile");
  const target = input.serviceAccount ?? input.provider;
  return {
    id: `gcp-${name}`,
    title: `Google's tools get ${target} as the profile ${name}`,
    steps: [profileStep(input, present), credentialStep(input, present)],
  };
}

function profileStep(input: JoinGcpInput, { brevetConfigFile: file, brevetProfile }: JoinGcpPresent): Step {
  const after = JSON.stringify({ identity: input.identity, gcp: input.profile }, null, 2);
  return stepOf(input, "brevet-profile", file, `the profile ${input.name} in ${file}`, brevetProfile, after);
}

function credentialStep(input: JoinGcpInput, { credentialFile: file, credential }: JoinGcpPresent): Step {
  const after = encodeGoogleCredentialFile({
    ...input,
    source: { kind: "executable", command: [...input.program, "credential", "gcp", "--profile", input.name] },
  });
  return stepOf(input, "google-credential-file", file, file, credential, after);
}

function stepOf({ name }: JoinGcpInput, kind: string, file: string, what: string, present: Present, after: string): Step {
  const wanted = { id: kind, kind, address: { file, profile: name }, what, after };
  return entryStep(wanted, present, "give another name by `--profile NAME`");
}
