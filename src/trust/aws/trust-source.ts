import type { PermissionSource } from "./caller-permission.ts";
import type { TrustChanges } from "./trust-changes.ts";

/** A role as IAM has it. */
export interface AwsRoleFacts {
  readonly arn: string;
  /** The trust policy as JSON text. */
  readonly trustPolicy: string;
  /** Seconds; null where it is not known. */
  readonly maxSessionDuration: number | null;
}

/** An IAM OpenID Connect provider. */
export interface AwsProviderFacts {
  /** As it was created: `https://id.example.com/laptop`. */
  readonly url: string;
  readonly clientIds: readonly string[];
}

/**
 * Where the trust of an AWS account is read: a file, the sandbox, or IAM itself. `unknown` is what this source cannot tell; null
 * is what it knows not to be there.
 */
export interface AwsTrustSource {
  readonly changes: TrustChanges;
  role(arn: string): Promise<AwsRoleFacts | null | "unknown">;
  /** What a role may do by policies of its own, all of them. */
  permissions(roleArn: string): Promise<PermissionSource | "unknown">;
  /** The OIDC providers of the account that are known, that of the issuer among them if there is one. */
  providers(accountId: string, issuer: string): Promise<readonly AwsProviderFacts[] | "unknown">;
}
