import { assumeRoleContext } from "../../trust/aws/assume-role-context.ts";
import type { ActionContext, StsAction } from "./action.ts";
import { authorizeChain } from "./authorize-chain.ts";
import { callerKeys } from "./caller-keys.ts";
import { issueCredentials } from "./issue-credentials.ts";
import { checkRoleDuration, optionalText, readSessionParameters, type SessionParameters } from "./parameters.ts";
import { ASSUME_ROLE_REFERENCE, finding, Refusal } from "./refusal.ts";
import { readRequestTags } from "./request-tags.ts";
import { assumedRoleArn, type RoleSession } from "./role-session.ts";
import { readSessionPolicies } from "./session-policies.ts";
import { actionsOf, type SessionExtras } from "./trust-decision.ts";
import { verifySignature } from "./verify-signature.ts";

/** Every caller here is itself a role session, and AWS ends chained sessions after an hour. */
const CHAINED_SECONDS = 3600;

/** What is asked for, with what the caller's session passes on. */
interface Chain extends SessionExtras {
  readonly caller: RoleSession;
  readonly callerArn: string;
  readonly wanted: SessionParameters;
  readonly externalId: string | null;
}

/**
 * Trades the keys of one role session for those of another role: role chaining.
 *
 * @see STS API Reference, AssumeRole; IAM User Guide, id_roles_terms-and-concepts, role chaining
 */
export const assumeRole: StsAction = {
  name: "AssumeRole",
  async run(context) {
    const { request, parameters, iam, seal, now } = context;
    const caller = await verifySignature(request, seal, now);
    refuseMfa(context);
    const wanted = readSessionParameters(parameters);
    if (wanted.durationSeconds > CHAINED_SECONDS) {
      throw new Refusal(
        "ValidationError",
        "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining",
        [
          finding(
            "DurationSeconds",
            `at most ${CHAINED_SECONDS}`,
            String(wanted.durationSeconds),
            "role chaining gives one hour, whatever the role allows",
            ASSUME_ROLE_REFERENCE,
          ),
        ],
      );
    }
    const policies = readSessionPolicies(parameters, wanted.accountId);
    const chain: Chain = {
      caller,
      callerArn: assumedRoleArn(caller),
      wanted,
      // Those of this request and the inherited transitive ones.
      tags: readRequestTags(parameters, caller),
      sourceIdentity: readSourceIdentity(context, caller),
      externalId: optionalText(parameters, "ExternalId"),
    };
    const actions = actionsOf("sts:AssumeRole", chain);
    const role = authorizeChain(caller, wanted.roleArn, actions, conditionKeysOf(chain, context), iam);
    checkRoleDuration(role, wanted.durationSeconds);
    const issued = issueCredentials(
      {
        role,
        sessionName: wanted.sessionName,
        durationSeconds: wanted.durationSeconds,
        tags: chain.tags,
        sourceIdentity: chain.sourceIdentity,
        policies,
        isChained: true,
      },
      seal,
      now,
    );
    return { result: issued.members, summary: `${chain.callerArn} became ${issued.arn}` };
  },
};

/** A role session has no MFA device: only users of long-lived keys have one, and the sandbox hands none of those out. */
function refuseMfa({ parameters }: ActionContext): void {
  const given = ["SerialNumber", "TokenCode"].filter((name) => parameters.has(name));
  if (given.length === 0) return;
  throw new Refusal("AccessDenied", "MultiFactorAuthentication failed, the caller has no MFA device", [
    finding(given.join(" and "), [], null, "a role session cannot prove a second factor", ASSUME_ROLE_REFERENCE),
  ]);
}

/** A source identity is set once: a chained session keeps it, and cannot ask for another. */
function readSourceIdentity({ parameters }: ActionContext, caller: RoleSession): string | null {
  const asked = optionalText(parameters, "SourceIdentity");
  if (caller.sourceIdentity === null || asked === null || asked === caller.sourceIdentity) return caller.sourceIdentity ?? asked;
  throw new Refusal("AccessDenied", "The SourceIdentity of a role session cannot be changed", [
    finding(
      "SourceIdentity",
      caller.sourceIdentity,
      asked,
      "the caller's session already has a source identity",
      ASSUME_ROLE_REFERENCE,
    ),
  ]);
}

/** The keys that follow from the call, and those that only the caller's session tells. */
function conditionKeysOf(chain: Chain, { surroundings, now }: ActionContext): ReadonlyMap<string, readonly string[]> {
  const { caller, callerArn, wanted, tags, sourceIdentity, externalId } = chain;
  const keys = assumeRoleContext({
    callerArn,
    roleSessionName: wanted.sessionName,
    now,
    ...surroundings,
    roleArn: wanted.roleArn,
    ...(externalId === null ? {} : { externalId }),
    ...(tags === null ? {} : { tags }),
    ...(sourceIdentity === null ? {} : { sourceIdentity }),
  });
  return new Map([...keys, ...callerKeys(caller)]);
}
