import { shellCommand } from "../core/shell-command.ts";
import { type EpochSeconds, formatUtc } from "../core/time.ts";
import { oidcProviderArn } from "../trust/aws/web-identity-trust.ts";
import type { RoleArn } from "../wire/aws-sts/role-arn.ts";

/** What an administrator of AWS does after the key of a device was revoked, ready to paste. */
export interface AwsRevocation {
  readonly role: string;
  /** Whose administrator it takes: IAM's calls name a role without its account. */
  readonly account: string;
  /** Shuts the door at once: STS may go on using its own copy of the keys for a time that AWS does not say. */
  readonly trust: AwsTrustDenial;
  /** Ends what is open: every session of the role that was issued before. */
  readonly sessions: { readonly policy: object; readonly command: string };
}

/**
 * `provider`: the issuer is this device's alone, so AWS can forget it; `statement`: others share it; `chain`: the role trusts another one,
 * which has one of these.
 */
export type AwsTrustDenial =
  | { readonly kind: "provider"; readonly command: string }
  | { readonly kind: "statement"; readonly statement: object }
  | { readonly kind: "chain" };

export interface RevokeAwsInput {
  readonly issuer: string;
  /** The subject of the device; null where it is not known. */
  readonly subject: string | null;
  /** Whether keys of other devices are published at the issuer. */
  readonly shared: boolean;
  readonly at: EpochSeconds;
  /** Whether another role assumes this one, and not the device. */
  readonly chained: boolean;
}

/** The inline policy of a role that ends the sessions of before. IAM deletes no role that has it. */
export const REVOKED_SESSIONS = "brevet-revoked-sessions";

/** What takes it out of a role. */
export function allowSessionsCommand(role: string): string {
  return shellCommand`aws iam delete-role-policy --role-name ${role} --policy-name ${REVOKED_SESSIONS}`;
}

/**
 * The denials for one role.
 *
 * The one of sessions holds for everybody who took the role before, as AWS's own "revoke active sessions" does: no key of the
 * request context tells for certain which issuer proved a session. The others take the role again, and are let in.
 *
 * @see IAM User Guide, id_roles_use_revoke-sessions
 */
export function awsRevocation(role: RoleArn, { issuer, subject, shared, at, chained }: RevokeAwsInput): AwsRevocation {
  const provider = issuer.replace(/^https:\/\//, "");
  const providerArn = oidcProviderArn({ ...role, issuer });
  const policy = {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Deny",
        Action: "*",
        Resource: "*",
        Condition: { DateLessThan: { "aws:TokenIssueTime": formatUtc(at) } },
      },
    ],
  };
  const statement = {
    Sid: "BrevetRevoked",
    Effect: "Deny",
    Principal: { Federated: providerArn },
    Action: "sts:AssumeRoleWithWebIdentity",
    ...(subject === null ? {} : { Condition: { StringEquals: { [`${provider}:sub`]: subject } } }),
  };
  const command = shellCommand`aws iam delete-open-id-connect-provider --open-id-connect-provider-arn ${providerArn}`;
  const door: AwsTrustDenial = shared ? { kind: "statement", statement } : { kind: "provider", command };
  return {
    role: role.text,
    account: role.accountId,
    trust: chained ? { kind: "chain" } : door,
    sessions: {
      policy,
      command: shellCommand`aws iam put-role-policy --role-name ${role.name} --policy-name ${REVOKED_SESSIONS} --policy-document ${JSON.stringify(policy)}`,
    },
  };
}
