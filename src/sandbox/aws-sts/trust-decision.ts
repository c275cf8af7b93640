import type { SessionTags } from "../../core/identity.ts";
import { evaluateTrust } from "../../trust/aws/evaluate.ts";
import type { TrustPolicy } from "../../trust/aws/policy.ts";
import type { TrustAction, TrustRequest } from "../../trust/aws/request.ts";
import { type IamFolder, type Role, trustPolicyOf } from "../iam/iam-folder.ts";
import { finding, Refusal } from "./refusal.ts";

/** What is asked for besides the role itself. */
export interface SessionExtras {
  readonly tags: SessionTags | null;
  readonly sourceIdentity: string | null;
}

/** Tags and the source identity are actions of their own: without them in the policy the whole call fails. */
export function actionsOf(action: TrustAction, { tags, sourceIdentity }: SessionExtras): readonly TrustAction[] {
  return [
    action,
    ...(tags === null ? [] : (["sts:TagSession"] as const)),
    ...(sourceIdentity === null ? [] : (["sts:SetSourceIdentity"] as const)),
  ];
}

/**
 * Holds one action to the trust policy. What the engine cannot decide is refused: the sandbox never guesses in the
 * client's favour, and its log names what was not decided.
 *
 * @throws {Refusal} `AccessDenied` with the deciding statements as findings.
 */
export function requireTrust(policy: TrustPolicy, request: TrustRequest, message: string): void {
  const verdict = evaluateTrust(policy, request);
  if (verdict.outcome !== "allowed") throw new Refusal("AccessDenied", message, verdict.because);
}

/** The same of every action of a call that is not signed, by the provider that vouches for the caller. */
export function requireFederatedTrust(
  role: Role,
  actions: readonly TrustAction[],
  { provider, context }: { readonly provider: string; readonly context: TrustRequest["context"] },
): void {
  const principal = { kind: "federated", arn: provider } as const;
  for (const action of actions) {
    requireTrust(trustPolicyOf(role), { action, principal, resource: role.arn, context }, notAuthorized(action));
  }
}

/** AWS answers the same for a role that does not exist and for one that does not trust the caller. @throws {Refusal} `AccessDenied` */
export function requireRole(iam: IamFolder, roleArn: string, action: TrustAction): Role {
  const role = iam.findRole(roleArn);
  if (role !== null) return role;
  throw new Refusal("AccessDenied", notAuthorized(action), [
    finding("RoleArn", "a role in the sandbox's iam/roles", roleArn, "there is no such role: `brevet sandbox trust` makes one"),
  ]);
}

function notAuthorized(action: TrustAction): string {
  return `Not authorized to perform ${action}`;
}
