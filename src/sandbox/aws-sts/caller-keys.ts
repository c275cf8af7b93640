import { formatUtc } from "../../core/time.ts";
import type { RoleSession } from "./role-session.ts";

/**
 * The condition keys that only the caller's session tells, by their names in lower case. `aws:TokenIssueTime` is what a policy denies
 * by that ends the sessions of a role.
 *
 * @see IAM User Guide, reference_policies_condition-keys, properties of the principal and of the role session
 */
export function callerKeys(caller: RoleSession): ReadonlyMap<string, readonly string[]> {
  const keys = new Map<string, readonly string[]>([
    ["aws:principalarn", [caller.roleArn]],
    ["aws:userid", [`${caller.roleId}:${caller.sessionName}`]],
    ["aws:tokenissuetime", [formatUtc(caller.issuedAt)]],
  ]);
  if (caller.sourceIdentity !== null) keys.set("aws:sourceidentity", [caller.sourceIdentity]);
  for (const [key, value] of Object.entries(caller.tags)) keys.set(`aws:principaltag/${key.toLowerCase()}`, [value]);
  return keys;
}
