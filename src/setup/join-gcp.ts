import type { JsonObject } from "../core/json-object.ts";
import { requireName } from "../wire/brevet-config/require-name.ts";
import { encodeGoogleCredentialFile } from "../wire/google/credential-file.ts";
import { configStep, type PresentEntry } from "./config-entry.ts";
import type { Plan, Step } from "./plan.ts";
import { entryStep } from "./planned-step.ts";
import type { Present } from "./provisioner.ts";

/** The plan of `setup gcp --provider`: a provider that exists gets a profile of brevet and a credential file of Google's. */

export interface JoinGcpInput {
  readonly name: string;
  readonly identity: string;
  /** The `gcp` block of the profile. */
  readonly profile: JsonObject;
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
  readonly brevetProfile: PresentEntry;
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
  const id = `gcp-${name}`;
  const value = { identity: input.identity, gcp: input.profile };
  const profile = { noun: "profile", name, value } as const;
  return {
    id,
    title: `Google's tools get ${target} as the profile ${name}`,
    steps: [configStep(id, present.brevetConfigFile, profile, present.brevetProfile), credentialStep(input, present)],
  };
}

function credentialStep(input: JoinGcpInput, { credentialFile: file, credential }: JoinGcpPresent): Step {
  const after = encodeGoogleCredentialFile({
    ...input,
    source: { kind: "executable", command: [...input.program, "credential", "gcp", "--profile", input.name] },
  });
  const kind = "google-credential-file";
  const wanted = { id: kind, kind, address: { file, profile: input.name }, what: file, after };
  return entryStep(wanted, credential, "give another name by `--profile NAME`");
}
