import { Fault } from "../core/fault.ts";
import { shellCommand } from "../core/shell-command.ts";
import type { RoleProfile } from "../wire/aws-config/role-profiles.ts";
import { NAME_PATTERN } from "../wire/brevet-config/config.ts";
import type { ImportedEntries } from "./import-plan.ts";

/** What becomes of the roles of an AWS config, and what does not. */
export interface ImportedRoles extends ImportedEntries {
  /** Those that profiles are made of. */
  readonly taken: readonly RoleProfile[];
  /** What is not carried over, each with its profile's name before it. */
  readonly left: readonly string[];
}

/** AWS STS API Reference, `AssumeRole`: what role chaining is limited to. */
const MAX_CHAINED_SECONDS = 3600;
const MIN_SECONDS = 900;

/**
 * A profile by `via` of each role. One that goes on from another role that is taken goes by that one's profile, and the others by the
 * base, which stands where the long-lived key stood.
 *
 * @param via the base profile of brevet.
 * @param source only roles that this profile of the AWS tools is the origin of; null: there is but one.
 * @throws {Fault} `USAGE_INVALID` where there are several origins and none was named.
 */
export function importRoles(roles: readonly RoleProfile[], via: string, source: string | null): ImportedRoles {
  const byName = new Map(roles.map((role) => [role.name, role]));
  const named = roles.filter(({ name }) => NAME_PATTERN.test(name));
  const left = roles.filter((role) => !named.includes(role)).map(({ name }) => `${name}: no profile here can have that name`);
  const origins = new Map(named.map(({ name }) => [name, originOf(name, byName, [])]));
  for (const [name, origin] of origins) if (origin === null) left.push(`${name}: its source_profile leads back to it`);
  const known = [...new Set(origins.values())].filter((origin) => origin !== null);
  if (source === null && known.length > 1) {
    throw new Fault("USAGE_INVALID", `the roles go on from ${known.join(", ")}, and each has its own base, so say which`, {
      hints: known.map((origin) => `\`${shellCommand`brevet import aws --via ${via} --source ${origin}`}\``),
    });
  }
  const taken = named.filter(({ name }) => (source === null ? origins.get(name) !== null : origins.get(name) === source));
  const names = new Set(taken.map(({ name }) => name));
  const profiles = new Map(
    taken.map((role) => {
      const goesByTaken = role.source !== role.name && names.has(role.source);
      return [role.name, { via: goesByTaken ? role.source : via, aws: blockOf(role) }];
    }),
  );
  left.push(...taken.flatMap((role) => leftOf(role).map((line) => `${role.name}: ${line}`)));
  return { title: `roles by the profile ${via}: ${[...names].join(", ")}`, identities: new Map(), profiles, taken, left };
}

/** The profile at the beginning of the chain, which is no role by another; null: there is none. */
function originOf(name: string, roles: ReadonlyMap<string, RoleProfile>, seen: readonly string[]): string | null {
  const role = roles.get(name);
  if (role === undefined || role.source === name) return name;
  return seen.includes(name) ? null : originOf(role.source, roles, [...seen, name]);
}

function blockOf({ roleArn, region, durationSeconds, externalId, sessionName }: RoleProfile): object {
  return {
    roleArn,
    ...(region === null ? {} : { region }),
    ...(durationSeconds === null || !isChainable(durationSeconds) ? {} : { duration: durationSeconds }),
    ...(sessionName === null ? {} : { sessionName }),
    ...(externalId === null ? {} : { externalId }),
  };
}

function isChainable(seconds: number): boolean {
  return seconds >= MIN_SECONDS && seconds <= MAX_CHAINED_SECONDS;
}

function leftOf({ durationSeconds, others }: RoleProfile): readonly string[] {
  return [
    ...(durationSeconds === null || isChainable(durationSeconds)
      ? []
      : [`left out duration_seconds ${durationSeconds}: AWS gives a role by a role 15m to 1h`]),
    ...others.map((key) => `left out ${key}${WHY[key] ?? ""}`),
  ];
}

const WHY: Readonly<Record<string, string>> = {
  mfa_serial: ": no code of an AWS MFA device goes with the call, and a trust policy that asks for one refuses it",
  include_profile: ": copy what it included into the profile",
  parent_profile: ": copy what it included into the profile",
  session_tags: ": write them as `tags` of the profile",
  transitive_session_tags: ": write them as `transitiveTags` of the profile",
  source_identity: ": write it as `sourceIdentity` of the profile",
};
