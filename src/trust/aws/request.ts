/** The five actions of STS that a role's trust policy is asked about, and the one that only its permissions are. */
export type TrustAction =
  | "sts:AssumeRoleWithWebIdentity"
  | "sts:AssumeRoleWithSAML"
  | "sts:AssumeRole"
  | "sts:TagSession"
  | "sts:SetSourceIdentity"
  | "sts:GetWebIdentityToken";

/**
 * Who calls. `federated`: the ARN of the IAM provider (`arn:aws:iam::123456789012:oidc-provider/issuer.example`), or the
 * bare name of one that AWS has built in (`accounts.google.com`). `aws`: the caller's ARN, which also stands for its account.
 */
export type TrustPrincipal =
  | { readonly kind: "federated"; readonly arn: string }
  | { readonly kind: "aws"; readonly arn: string };

/**
 * One question to a trust policy. A call of STS is several: with session tags, `sts:TagSession` too has to be allowed, and
 * with a source identity `sts:SetSourceIdentity`; each is asked with the same context.
 */
export interface TrustRequest {
  readonly action: TrustAction;
  readonly principal: TrustPrincipal;
  /** The role's ARN. */
  readonly resource: string;
  /** Condition keys in lower case and their values; an absent key is not in the request. */
  readonly context: ReadonlyMap<string, readonly string[]>;
}

/** How a request came to STS; decides which condition keys it can have. */
export type TrustFlow = "oidc" | "saml" | "aws";

export function flowOf(principal: TrustPrincipal): TrustFlow {
  if (principal.kind === "aws") return "aws";
  return principal.arn.includes(":saml-provider/") ? "saml" : "oidc";
}

/** `arn:aws:iam::123456789012:oidc-provider/issuer.example/x` → `issuer.example/x`: the prefix of the provider's condition keys. */
export function providerOf(principal: TrustPrincipal): string | null {
  if (flowOf(principal) !== "oidc") return null;
  const marker = ":oidc-provider/";
  const at = principal.arn.indexOf(marker);
  return at < 0 ? principal.arn : principal.arn.slice(at + marker.length);
}
