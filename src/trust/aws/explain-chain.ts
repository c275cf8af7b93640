import { shellCommand } from "../../core/shell-command.ts";
import type { EpochSeconds } from "../../core/time.ts";
import { type Explained, notLookedAt } from "../explained.ts";
import { assumeRoleContext } from "./assume-role-context.ts";
import { chainStatements } from "./chain-statements.ts";
import { evaluateTrust } from "./evaluate.ts";
import { mendTrust } from "./mend.ts";
import { PAGES } from "./pages.ts";
import { parseTrustPolicy } from "./policy.ts";
import type { TrustAction } from "./request.ts";
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
  readonly now: EpochSeconds;
}

/** What a further role asks of the session that takes it: of its trust policy; of the caller's own permissions nothing is known. */
export function explainChain(
  question: ChainQuestion,
  { role, changes }: { readonly role: AwsRoleFacts | null | "unknown"; readonly changes: TrustChanges },
): readonly Explained[] {
  const { roleArn, callerRoleArn } = question;
  if (role === "unknown") {
    const command = `${shellCommand`aws iam get-role --role-name ${roleName(roleArn)}`} > role.json`;
    const asks = `the trust policy of ${roleArn}`;
    return [notLookedAt(asks, "it was not read", [command, "then give `--trust role.json`"], PAGES.evaluation)];
  }
  if (role === null) {
    const finding = { at: "RoleArn", wanted: [], saw: [roleArn], meaning: "there is no such role", source: PAGES.evaluation };
    const mend = [`make the role, with a trust policy for ${callerRoleArn}, or correct \`roleArn\` in the profile`];
    return [{ asks: "the role", verdict: { outcome: "refused", because: [finding] }, mend }];
  }
  return [...explainTrust(question, role, changes), callerPermissions(question)];
}

function explainTrust(question: ChainQuestion, role: AwsRoleFacts, changes: TrustChanges): readonly Explained[] {
  const { callerRoleArn, callerSessionName, roleArn, roleSessionName, tags, transitiveTags, sourceIdentity, now } = question;
  const policy = parseTrustPolicy(role.trustPolicy);
  const [, partition, , , account] = callerRoleArn.split(":");
  const callerArn = `arn:${partition}:sts::${account}:assumed-role/${roleName(callerRoleArn)}/${callerSessionName}`;
  const hasTags = Object.keys(tags).length > 0;
  const context = assumeRoleContext({
    callerArn,
    callerRoleArn,
    roleSessionName,
    now,
    roleArn,
    ...(hasTags ? { tags: { principal: tags, transitive: transitiveTags } } : {}),
    ...(sourceIdentity === null ? {} : { sourceIdentity }),
  });
  const actions: readonly TrustAction[] = [
    "sts:AssumeRole",
    ...(hasTags ? (["sts:TagSession"] as const) : []),
    ...(sourceIdentity === null ? [] : (["sts:SetSourceIdentity"] as const)),
  ];
  return actions.map((action) => {
    const request = { action, principal: { kind: "aws", arn: callerArn }, resource: roleArn, context } as const;
    const verdict = evaluateTrust(policy, request);
    // What an administrator names in a policy is the role, not one session of it.
    const named = { ...request, principal: { kind: "aws", arn: callerRoleArn } } as const;
    const trust = { request: named, tagsBy: "profile", version: policy.version, changes } as const;
    return { asks: action, verdict, mend: verdict.outcome === "refused" ? mendTrust(verdict.because, trust) : [] };
  });
}

/** In another account, and for a role that trusts an account as a whole, the caller's own policies have to allow it too. */
function callerPermissions({ callerRoleArn, roleArn }: ChainQuestion): Explained {
  const { permission } = chainStatements({ callerRoleArn, roleArn });
  const meaning = `the policies of ${callerRoleArn} were not read: they have to allow it too, unless its role is named in the trust policy and in the same account`;
  return notLookedAt(
    "the caller's permissions",
    meaning,
    [`in a policy of ${roleName(callerRoleArn)}: ${permission}`],
    PAGES.evaluation,
  );
}
