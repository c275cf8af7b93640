import { type EpochSeconds, formatUtc } from "../../core/time.ts";
import type { Role } from "../iam/iam-folder.ts";
import type { XmlValue } from "./query-protocol.ts";
import { assumedRoleArn, makeKeyPair, type RoleSession, roleIdOf, type SessionSeal } from "./role-session.ts";
import type { SessionPolicies } from "./session-policies.ts";

/** What differs between two sessions of a role. */
export interface NewSession {
  readonly role: Role;
  readonly sessionName: string;
  readonly durationSeconds: number;
  readonly sourceIdentity: string | null;
  readonly tags: Readonly<Record<string, string>>;
  readonly transitiveTagKeys: readonly string[];
  readonly policies: SessionPolicies;
}

/** The members that the results of all AssumeRole actions share. */
export interface IssuedCredentials {
  readonly credentials: XmlValue;
  readonly assumedRoleUser: XmlValue;
  readonly arn: string;
}

/** Makes the keys of a new role session. Called when every check has passed, and by nothing else. */
export function issueCredentials(wanted: NewSession, seal: SessionSeal, now: EpochSeconds): IssuedCredentials {
  const { role, sessionName } = wanted;
  const session: RoleSession = {
    partition: role.partition,
    accountId: role.accountId,
    roleName: role.name,
    roleId: roleIdOf(role.arn),
    sessionName,
    roleArn: role.arn,
    ...makeKeyPair(),
    issuedAt: now,
    expiresAt: now + wanted.durationSeconds,
    sourceIdentity: wanted.sourceIdentity,
    tags: wanted.tags,
    transitiveTagKeys: wanted.transitiveTagKeys,
    sessionPolicy: wanted.policies.policy,
    sessionPolicyArns: wanted.policies.policyArns,
  };
  const arn = assumedRoleArn(session);
  return {
    credentials: {
      AccessKeyId: session.accessKeyId,
      SecretAccessKey: session.secretAccessKey,
      SessionToken: seal.seal(session),
      Expiration: formatUtc(session.expiresAt),
    },
    assumedRoleUser: { AssumedRoleId: `${session.roleId}:${sessionName}`, Arn: arn },
    arn,
  };
}
