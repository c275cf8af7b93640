import { posixWord } from "../../core/posix-word.ts";
import { shellCommand } from "../../core/shell-command.ts";
import type { EpochSeconds } from "../../core/time.ts";
import { type Explained, notLookedAt } from "../explained.ts";
import { assumeRoleContext } from "./assume-role-context.ts";
import { namingOf, type PermissionSource, permissionVerdict } from "./caller-permission.ts";
import { chainStatements } from "./chain-statements.ts";
import { evaluateTrust } from "./evaluate.ts";
import { mendTrust } from "./mend.ts";
import { PAGES } from "./pages.ts";
import { parseTrustPolicy, type TrustPolicy } from "./policy.ts";
import type { TrustAction, TrustRequest } from "./request.ts";
import { roleName, type TrustChanges } from "./trust-changes.ts";
import type { AwsRoleFacts } from "./trust-source.ts";

/** One call of AssumeRole from the session of another role. */
export interface ChainQuestion {
  readonly callerRoleArn: string;
  readonly callerSessionName: string;
  readonly roleArn: string;
  readonly roleSessionName: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly transitiveTags: readonly string[];
  readonly sourceIdentity: string | null;
  readonly externalId: string | null;
  readonly now: EpochSeconds;
}

/** What is known of both roles. */
export interface ChainRoles {
  readonly role: AwsRoleFacts | null | "unknown";
  /** Of the caller. */
  readonly permissions: PermissionSource | "unknown";
  readonly changes: TrustChanges;
}

/** What a further role asks of the session that takes it: of its trust policy, and of the caller's own permissions. */
export function explainChain(question: ChainQuestion, { role, permissions, changes }: ChainRoles): readonly Explained[] {
  const { roleArn, callerRoleArn } = question;
  if (role === "unknown") {
    // Not role.json, which is the first role of the chain: both files are given.
    const file = `${roleName(roleArn)}.json`;
    const command = `${shellCommand`aws iam get-role --role-name ${roleName(roleArn)}`} > ${posixWord(file)}`;
    const asks = `the trust policy of ${roleArn}`;
    return [notLookedAt(asks, "it was not read", [command, `then give \`--trust ${posixWord(file)}\` too`], PAGES.evaluation)];
  }
  if (role === null) {
    const finding = { at: "RoleArn", wanted: [], saw: [roleArn], meaning: "there is no such role", source: PAGES.evaluation };
    const mend = [`make the role, with a trust policy for ${callerRoleArn}, or correct \`roleArn\` in the profile`];
    return [{ asks: "the role", verdict: { outcome: "refused", because: [finding] }, mend }];
  }
  const policy = parseTrustPolicy(role.trustPolicy);
  const requests = requestsOf(question);
  return [
    ...requests.map((request) => explainTrust(request, policy, { callerRoleArn, changes })),
    permissions === "unknown" ? permissionsUnread(question) : explainPermissions(question, requests, policy, permissions),
  ];
}

/** The call as the questions that the policies are asked: one for each action. */
function requestsOf(question: ChainQuestion): readonly TrustRequest[] {
  const { callerRoleArn, roleArn, roleSessionName, tags, transitiveTags, sourceIdentity, externalId, now } = question;
  const callerArn = sessionArnOf(question);
  const hasTags = Object.keys(tags).length > 0;
  const context = assumeRoleContext({
    callerArn,
    callerRoleArn,
    roleSessionName,
    now,
    roleArn,
    ...(hasTags ? { tags: { principal: tags, transitive: transitiveTags } } : {}),
    ...(sourceIdentity === null ? {} : { sourceIdentity }),
    ...(externalId === null ? {} : { externalId }),
  });
  const actions: readonly TrustAction[] = [
    "sts:AssumeRole",
    ...(hasTags ? (["sts:TagSession"] as const) : []),
    ...(sourceIdentity === null ? [] : (["sts:SetSourceIdentity"] as const)),
  ];
  return actions.map((action) => ({ action, principal: { kind: "aws", arn: callerArn }, resource: roleArn, context }));
}

function sessionArnOf({ callerRoleArn, callerSessionName }: ChainQuestion): string {
  const [, partition, , , account] = callerRoleArn.split(":");
  return `arn:${partition}:sts::${account}:assumed-role/${roleName(callerRoleArn)}/${callerSessionName}`;
}

function explainTrust(
  request: TrustRequest,
  policy: TrustPolicy,
  { callerRoleArn, changes }: { readonly callerRoleArn: string; readonly changes: TrustChanges },
): Explained {
  const verdict = evaluateTrust(policy, request);
  // What an administrator names in a policy is the role, not one session of it.
  const named = { ...request, principal: { kind: "aws", arn: callerRoleArn } } as const;
  const trust = { request: named, tagsBy: "profile", version: policy.version, changes } as const;
  return { asks: request.action, verdict, mend: verdict.outcome === "refused" ? mendTrust(verdict.because, trust) : [] };
}

const CALLERS = "the caller's permissions";

/** Which the caller needs in another account, and for a role that trusts an account as a whole. */
function explainPermissions(
  question: ChainQuestion,
  requests: readonly TrustRequest[],
  policy: TrustPolicy,
  permissions: PermissionSource,
): Explained {
  const { callerRoleArn: roleArn } = question;
  const judged = requests.map((request) => {
    const isNamed = namingOf(policy, request, { sessionArn: sessionArnOf(question), roleArn }) !== "account";
    return { action: request.action, verdict: permissionVerdict(permissions, request, isNamed ? "trust policy" : "nothing") };
  });
  const [first] = judged;
  const { action, verdict } = judged.find(({ verdict }) => verdict.outcome !== "allowed") ?? first ?? {};
  if (action === undefined || verdict === undefined) return permissionsUnread(question);
  const { permission } = chainStatements(question, action);
  const mend = `add to ${permissions.label}: ${permission}; a Deny there would still keep it out`;
  return { asks: CALLERS, verdict, mend: verdict.outcome === "refused" ? [mend] : [] };
}

function permissionsUnread(question: ChainQuestion): Explained {
  const { callerRoleArn } = question;
  const meaning = `the policies of ${callerRoleArn} were not read: they have to allow it too, unless its role is named in the trust policy and in the same account`;
  const { permission } = chainStatements(question);
  return notLookedAt(CALLERS, meaning, [`in a policy of ${roleName(callerRoleArn)}: ${permission}`], PAGES.evaluation);
}
