import { type EpochSeconds, formatUtc } from "../../core/time.ts";
import type { Role } from "../iam/iam-folder.ts";
import type { XmlValue } from "./query-protocol.ts";
import { assumedRoleArn, makeKeyPair, type RoleSession, roleIdOf, type SessionSeal } from "./role-session.ts";
import { packedPolicySize, type SessionPolicies } from "./session-policies.ts";
import type { SessionExtras } from "./trust-decision.ts";

/** What differs between two sessions of a role. */
export interface NewSession extends SessionExtras {
  readonly role: Role;
  readonly sessionName: string;
  readonly durationSeconds: number;
  readonly policies: SessionPolicies;
  readonly isChained: boolean;
}

/** A new session of a role. */
export interface IssuedCredentials {
  /** What the results of all AssumeRole actions have. */
  readonly members: { readonly [name: string]: XmlValue | null };
  readonly arn: string;
}

/**
 * Makes the keys of a new role session. Called when every other check has passed, and by nothing else.
 *
 * @throws {Refusal} `PackedPolicyTooLarge`
 */
export function issueCredentials(wanted: NewSession, seal: SessionSeal, now: EpochSeconds): IssuedCredentials {
  const { role, sessionName, sourceIdentity, tags, policies } = wanted;
  const packed = packedPolicySize(policies, tags);
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
    isChained: wanted.isChained,
    sourceIdentity,
    tags: tags?.principal ?? {},
    transitiveTagKeys: tags?.transitive ?? [],
    sessionPolicy: policies.policy,
    sessionPolicyArns: policies.policyArns,
  };
  const arn = assumedRoleArn(session);
  return {
    members: {
      AssumedRoleUser: { AssumedRoleId: `${session.roleId}:${sessionName}`, Arn: arn },
      Credentials: {
        AccessKeyId: session.accessKeyId,
        SecretAccessKey: session.secretAccessKey,
        SessionToken: seal.seal(session),
        Expiration: formatUtc(session.expiresAt),
      },
      PackedPolicySize: packed === null ? null : String(packed),
      SourceIdentity: sourceIdentity,
    },
    arn,
  };
}
