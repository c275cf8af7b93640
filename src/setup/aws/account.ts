/** An AWS account as its administrator sees it: what a plan has to know before it is made. All but the last only look. */
export interface AwsAccount {
  /** @throws {Fault} `ADMIN_ABSENT` */
  caller(): Promise<AwsCaller>;
  /** The OIDC provider of an issuer; null when the account has none. */
  provider(issuer: string): Promise<OidcProvider | null>;
  /** Whether a managed policy exists. */
  hasPolicy(arn: string): Promise<boolean>;
  /** The role of that name; null when there is none. */
  role(name: string): Promise<AccountRole | null>;
  /**
   * Lets the account's roles ask STS for tokens of its own issuer, as far as their permissions allow, if they may not yet.
   *
   * @returns the issuer.
   */
  enableOutboundFederation(): Promise<string>;
}

/** Whose credentials administer. */
export interface AwsCaller {
  readonly accountId: string;
  /** `aws`, `aws-cn`, `aws-us-gov`, … */
  readonly partition: string;
  readonly arn: string;
}

export interface OidcProvider {
  readonly arn: string;
  readonly audiences: readonly string[];
}

export interface AccountRole {
  readonly arn: string;
  /** JSON. */
  readonly trustPolicy: string;
  readonly maxSessionSeconds: number;
  readonly tags: Readonly<Record<string, string>>;
}
