import { namingOf, permissionVerdict } from "../../trust/aws/caller-permission.ts";
import type { TrustAction, TrustRequest } from "../../trust/aws/request.ts";
import { type IamFolder, permissionsOf, type Role, trustPolicyOf } from "../iam/iam-folder.ts";
import { ASSUME_ROLE_REFERENCE, finding, Refusal } from "./refusal.ts";
import { assumedRoleArn, type RoleSession } from "./role-session.ts";
import { requireTrust } from "./trust-decision.ts";

/**
 * Whether a role session may take these actions on a role. The role's trust policy has to allow each; beside it
 *
 * - another account, or a trust policy that names the caller's account: the caller's permissions and its session's policies
 *   have to allow it too;
 * - a trust policy that names the caller's role, in its account: only the session's policies have to;
 * - one that names the session itself: nothing else has to. A Deny counts everywhere.
 *
 * @returns the role.
 * @throws {Refusal} `AccessDenied` in AWS's words.
 * @see IAM User Guide, reference_policies_evaluation-logic; access_policies, session policies
 */
export function authorizeChain(
  caller: RoleSession,
  roleArn: string,
  actions: readonly TrustAction[],
  context: TrustRequest["context"],
  iam: IamFolder,
): Role {
  const callerArn = assumedRoleArn(caller);
  const [role, callerRole] = [iam.findRole(roleArn), iam.findRole(caller.roleArn)];
  const deny = (action: TrustAction, because: Refusal["findings"]): Refusal =>
    new Refusal("AccessDenied", `User: ${callerArn} is not authorized to perform: ${action} on resource: ${roleArn}`, because);
  if (role === null || callerRole === null) {
    const missing = role === null ? roleArn : caller.roleArn;
    throw deny("sts:AssumeRole", [
      finding("RoleArn", "a role in the sandbox's iam/roles", missing, "there is no such role", ASSUME_ROLE_REFERENCE),
    ]);
  }
  const policy = trustPolicyOf(role);
  for (const action of actions) {
    const request: TrustRequest = { action, principal: { kind: "aws", arn: callerArn }, resource: role.arn, context };
    requireTrust(policy, request, deny(action, []).message);
    const naming = namingOf(policy, request, { sessionArn: callerArn, roleArn: caller.roleArn });
    const identity = permissionsOf(callerRole);
    const verdict = permissionVerdict(identity, request, naming === "account" ? "nothing" : "trust policy");
    if (verdict.outcome !== "allowed") throw deny(action, verdict.because);
    const limited = sessionVerdict(caller, request, naming === "session" ? "trust policy" : "nothing");
    if (limited !== null) throw deny(action, limited);
  }
  return role;
}

/** Why the session's own policies keep it from the action; null when they do not. */
export function sessionVerdict(
  caller: RoleSession,
  request: TrustRequest,
  grantedBy: "trust policy" | "nothing",
): Refusal["findings"] | null {
  if (caller.sessionPolicy === null && caller.sessionPolicyArns.length === 0) return null;
  const verdict = permissionVerdict({ policy: caller.sessionPolicy, label: "the session's policy" }, request, grantedBy);
  if (verdict.outcome === "allowed") return null;
  if (caller.sessionPolicyArns.length === 0) return verdict.because;
  const meaning = "the session has managed policies, whose text the sandbox does not know, so they allow nothing here";
  return [
    ...verdict.because,
    finding("the session's PolicyArns", request.action, caller.sessionPolicyArns, meaning, ASSUME_ROLE_REFERENCE),
  ];
}
