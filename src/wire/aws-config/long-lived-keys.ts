import type { AwsConfig } from "./parse.ts";
import { type AwsConfigForm, profileOfSection } from "./profile.ts";
import { endOfChain } from "./source-chain.ts";

/** An access key of a user, which never expires, and the profiles of the AWS tools that use it. */
export interface LongLivedKey {
  /** An identifier, and no secret. */
  readonly id: string;
  /** Where it was found: `[base] of /home/ann/.aws/credentials`, or a variable. */
  readonly places: readonly string[];
  /** The profiles whose credentials come from it, its own and those that lead there by `source_profile`, in the order of the files. */
  readonly profiles: readonly string[];
}

/** One of the two files, as far as it is there. */
export interface KeyFile {
  readonly path: string;
  readonly config: AwsConfig | null;
  readonly form: AwsConfigForm;
}

/** The variable that `credential_source = Environment` reads. */
const VARIABLE = "AWS_ACCESS_KEY_ID";

/**
 * The long-lived keys in both files and in the environment. Where a profile is in both files, its keys are those of the credentials.
 *
 * @see AWS SDKs and Tools Reference Guide, "Assume role credential provider": `source_profile` and `credential_source`
 */
export function longLivedKeys(
  files: readonly KeyFile[],
  environment: Readonly<Record<string, string | undefined>>,
): readonly LongLivedKey[] {
  const profiles = profilesOf(files);
  const variable = environment[VARIABLE] ?? "";
  const held = [...profiles.values()].flatMap(({ keys }) => keys);
  const all = isLongLived(variable) ? [...held, { id: variable, place: VARIABLE }] : held;
  const users = [...profiles.keys()].map((name) => ({ name, id: keyBehind(name, profiles, variable) }));
  return [...new Set(all.map(({ id }) => id))].map((id) => ({
    id,
    places: all.filter((key) => key.id === id).map(({ place }) => place),
    profiles: users.filter((user) => user.id === id).map(({ name }) => name),
  }));
}

interface Profile {
  /** Long-lived ones; those of the credentials are the last. */
  readonly keys: { readonly id: string; readonly place: string }[];
  readonly settings: Map<string, string>;
}

function profilesOf(files: readonly KeyFile[]): ReadonlyMap<string, Profile> {
  const profiles = new Map<string, Profile>();
  for (const { path, config, form } of files) {
    for (const section of config?.sections ?? []) {
      const name = profileOfSection(section, form);
      if (name === null) continue;
      const profile = profiles.get(name) ?? { keys: [], settings: new Map<string, string>() };
      profiles.set(name, profile);
      for (const key of section.keys) profile.settings.set(key.name, key.value);
      const id = section.keys.find((key) => key.name === "aws_access_key_id")?.value ?? "";
      if (isLongLived(id)) profile.keys.push({ id, place: `[${section.header}] of ${path}` });
    }
  }
  return profiles;
}

/** The long-lived key that a profile's credentials come from in the end; null: from none. */
function keyBehind(name: string, profiles: ReadonlyMap<string, Profile>, variable: string): string | null {
  const profile = profiles.get(endOfChain(name, (one) => profiles.get(one)?.settings.get("source_profile")));
  if (profile === undefined) return null;
  if (profile.settings.get("credential_source") === "Environment") return isLongLived(variable) ? variable : null;
  return profile.keys.at(-1)?.id ?? null;
}

/** Keys of users begin with AKIA; those of sessions, which end, begin with ASIA. @see IAM User Guide, reference_identifiers */
function isLongLived(id: string): boolean {
  return /^AKIA[A-Z0-9]{12,}$/.test(id);
}
