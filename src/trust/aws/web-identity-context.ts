import type { EpochSeconds } from "../../core/time.ts";
import { parseAwsRoles, parseAwsSourceIdentity, parseAwsTags } from "../../wire/aws-sts/token-claims.ts";
import { claimKeysOf } from "./claim-keys.ts";
import { addSession, addSurroundings, type ContextBuilder, type Surroundings } from "./surroundings.ts";

/** One call of AssumeRoleWithWebIdentity, its token verified. */
export interface WebIdentityCall extends Surroundings {
  /** The token's `iss`: `https://issuer.example/laptop-7f3a`. */
  readonly issuer: string;
  /** The verified claims of the token. */
  readonly claims: Readonly<Record<string, unknown>>;
  readonly roleSessionName: string;
  readonly now: EpochSeconds;
  /**
   * The role that is asked for. Without it, `sts:RoleAuthorizedByIdp` of a token that names roles stays untold, and a policy
   * that tests it undecided.
   */
  readonly roleArn?: string;
}

/**
 * The condition keys of a call with an OIDC token: the claims that AWS turns into keys, the session's name, tags and source
 * identity, the time, and what was told of the network.
 *
 * @throws {Fault} `TOKEN_REFUSED` when one of AWS's own claims cannot be read: STS refuses such a token before it asks any policy.
 * @see IAM User Guide, reference_policies_iam-condition-keys, condition-keys-wif
 */
export function webIdentityContext(call: WebIdentityCall): ReadonlyMap<string, readonly string[]> {
  const context: ContextBuilder = new Map();
  const provider = call.issuer.replace(/^https:\/\//, "");
  for (const { key, claims } of claimKeysOf(provider)) {
    const name = claims.find((claim) => call.claims[claim] !== undefined);
    const values = name === undefined ? [] : textValues(call.claims[name]);
    if (values.length > 0) context.set(`${provider}:${key}`.toLowerCase(), values);
  }
  const roles = parseAwsRoles(call.claims);
  if (roles === null) context.set("sts:roleauthorizedbyidp", ["false"]);
  else if (call.roleArn !== undefined) context.set("sts:roleauthorizedbyidp", [String(roles.includes(call.roleArn))]);
  addSession(context, {
    roleSessionName: call.roleSessionName,
    tags: parseAwsTags(call.claims),
    sourceIdentity: parseAwsSourceIdentity(call.claims),
  });
  addSurroundings(context, call, call.now);
  return context;
}

/** A claim's value or values as text; none for an object or null. */
function textValues(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((item: unknown) => (Array.isArray(item) ? [] : textValues(item)));
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? [String(value)] : [];
}
