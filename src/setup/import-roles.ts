import { Fault } from "../core/fault.ts";
import type { JsonObject } from "../core/json-object.ts";
import { listed } from "../core/listed.ts";
import { shellCommand } from "../core/shell-command.ts";
import type { RoleProfile } from "../wire/aws-config/role-profiles.ts";
import { endOfChain } from "../wire/aws-config/source-chain.ts";
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
 * A profile with `via` for each role. A role that is assumed from another imported role goes via that one's profile, the others
 * via the base profile, which replaces the long-lived key.
 *
 * @param via the base profile of brevet.
 * @param source only roles that this profile of the AWS tools is the origin of; null: there is but one.
 * @param unfit why a profile of a role would be refused, by its name.
 * @throws {Fault} `USAGE_INVALID` where there are several origins and none was named.
 */
export function importRoles(
  roles: readonly RoleProfile[],
  via: string,
  source: string | null,
  unfit: ReadonlyMap<string, string>,
): ImportedRoles {
  const whyNot = new Map<string, string>(
    roles.flatMap(({ name }) => (NAME_PATTERN.test(name) ? [] : [[name, "no profile here can have that name"] as const])),
  );
  for (const [name, why] of unfit) if (!whyNot.has(name)) whyNot.set(name, why);
  const fit = new Map(roles.flatMap((role) => (whyNot.has(role.name) ? [] : [[role.name, role] as const])));
  const origins = new Map([...fit.keys()].map((name) => [name, originOf(name, fit)]));
  for (const [name, origin] of origins) {
    if (origin === null) whyNot.set(name, "its source_profile leads back to it");
    else if (whyNot.has(origin)) whyNot.set(name, `it goes on from ${origin}, which is left out`);
  }
  const left = [...whyNot].map(([name, why]) => `${name}: left out: ${why}`);
  const whole = [...fit.values()].filter(({ name }) => !whyNot.has(name));
  const known = [...new Set(whole.map(({ name }) => origins.get(name) ?? name))];
  if (source === null && known.length > 1) {
    throw new Fault("USAGE_INVALID", `the roles go on from ${known.join(", ")}, and each has its own base, so say which`, {
      hints: known.map((origin) => `\`${shellCommand`brevet import aws --via ${via} --source ${origin}`}\``),
    });
  }
  const taken = whole.filter(({ name }) => source === null || origins.get(name) === source);
  const names = new Set(taken.map(({ name }) => name));
  const profiles = new Map(
    taken.map((role) => {
      const goesByTaken = role.source !== role.name && names.has(role.source);
      return [role.name, { via: goesByTaken ? role.source : via, aws: roleBlock(role) }];
    }),
  );
  left.push(...leftOfAll(taken));
  return { title: `roles by the profile ${via}: ${listed(names)}`, identities: new Map(), profiles, taken, left };
}

/** The profile at the beginning of the chain, which is not assumed from another; null: there is none. */
function originOf(name: string, roles: ReadonlyMap<string, RoleProfile>): string | null {
  const end = endOfChain(name, (one) => roles.get(one)?.source);
  return (roles.get(end)?.source ?? end) === end ? end : null;
}

/** The `aws` block of a role's profile. */
export function roleBlock({ roleArn, region, durationSeconds, externalId, sessionName }: RoleProfile): JsonObject {
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

/** What was left out of the profiles: one line for each reason, with the profiles it applies to. */
function leftOfAll(taken: readonly RoleProfile[]): readonly string[] {
  const names = new Map<string, readonly string[]>();
  for (const role of taken) for (const line of leftOf(role)) names.set(line, [...(names.get(line) ?? []), role.name]);
  return [...names].map(([line, of]) => `${listed(of)}: ${line}`);
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
