import type { SessionTags } from "../../core/identity.ts";
import type { EpochSeconds } from "../../core/time.ts";
import { addSession, addSurroundings, type ContextBuilder, type Surroundings } from "./surroundings.ts";

/** One call of AssumeRole, its signature verified. */
export interface AssumeRoleCall extends Surroundings {
  /** `arn:aws:sts::123456789012:assumed-role/dev/laptop-7f3a`, or the ARN of a user. */
  readonly callerArn: string;
  /** The role of a caller that is a session, path included; a session's own ARN lacks the path. */
  readonly callerRoleArn?: string;
  readonly roleSessionName: string;
  readonly now: EpochSeconds;
  readonly externalId?: string;
  /** Tags passed in the call, with those inherited from the caller's session. */
  readonly tags?: SessionTags;
  readonly sourceIdentity?: string;
}

/**
 * The condition keys of a call of AssumeRole that follow from the call itself. The caller's tags, organisation, MFA and unique
 * id are not among them: add them to the map where they are known.
 *
 * @see IAM User Guide, reference_policies_condition-keys, aws:PrincipalArn: for a session it is the ARN of the role
 */
export function assumeRoleContext(call: AssumeRoleCall): ReadonlyMap<string, readonly string[]> {
  const context: ContextBuilder = new Map();
  const [, , , , account = "", resource = ""] = call.callerArn.split(":");
  if (account !== "") context.set("aws:principalaccount", [account]);
  const [kind, ...path] = resource.split("/");
  if (kind === "assumed-role") {
    context.set("aws:principaltype", ["AssumedRole"]);
    if (call.callerRoleArn !== undefined) context.set("aws:principalarn", [call.callerRoleArn]);
  } else {
    context.set("aws:principalarn", [call.callerArn]);
  }
  if (kind === "user") {
    context.set("aws:principaltype", ["User"]);
    context.set("aws:username", [path.at(-1) ?? ""]);
  }
  context.set("aws:principalisawsservice", ["false"]);
  if (call.externalId !== undefined) context.set("sts:externalid", [call.externalId]);
  addSession(context, {
    roleSessionName: call.roleSessionName,
    tags: call.tags ?? null,
    sourceIdentity: call.sourceIdentity ?? null,
  });
  addSurroundings(context, call, call.now);
  return context;
}
