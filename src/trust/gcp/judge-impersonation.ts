import * as v from "valibot";
import { Fault } from "../../core/fault.ts";
import { shellCommand } from "../../core/shell-command.ts";
import type { Finding, Verdict } from "../verdict.ts";
import type { GcpPrincipal } from "./map-attributes.ts";
import { PAGES } from "./pages.ts";

/** One binding of a service account's allow policy. */
export interface GcpBinding {
  readonly role: string;
  readonly members: readonly string[];
  /** Whether it holds under a condition of its own, which is not evaluated here. */
  readonly conditional: boolean;
}

const policySchema = v.looseObject({
  bindings: v.optional(
    v.array(
      v.looseObject({
        role: v.string("is not a text"),
        members: v.optional(v.array(v.string("is not a text")), []),
        condition: v.optional(v.unknown()),
      }),
    ),
    [],
  ),
});

/**
 * The bindings of an allow policy, as `gcloud iam service-accounts get-iam-policy --format=json` shows it.
 *
 * @throws {Fault} `POLICY_INVALID`
 */
export function parseAllowPolicy(value: unknown, where: string): readonly GcpBinding[] {
  const result = v.safeParse(policySchema, value);
  if (!result.success) {
    const [issue] = result.issues;
    throw new Fault("POLICY_INVALID", `${where}: ${v.getDotPath(issue) ?? "the policy"} ${issue.message}`);
  }
  return result.output.bindings.map(({ role, members, condition }) => ({ role, members, conditional: condition !== undefined }));
}

/** The predefined roles that hold `iam.serviceAccounts.getAccessToken`. */
const IMPERSONATING_ROLE = "roles/iam.workloadIdentityUser";
const GRANTING_ROLES = [IMPERSONATING_ROLE, "roles/iam.serviceAccountTokenCreator"];

/** Every way in which a binding can name this principal, the most exact first. */
export function memberNames({ pool, subject, groups, attributes }: GcpPrincipal): readonly string[] {
  const base = `iam.googleapis.com/${pool}`;
  return [
    `principal://${base}/subject/${subject}`,
    ...groups.map((group) => `principalSet://${base}/group/${group}`),
    ...Object.entries(attributes).map(([name, value]) => `principalSet://${base}/attribute.${name}/${value}`),
    `principalSet://${base}/*`,
  ];
}

/**
 * May this principal get access tokens of a service account, by the account's own allow policy? Grants on its project or above
 * are not seen here, so a refusal says only what this policy lacks.
 */
export function judgeImpersonation(email: string, bindings: readonly GcpBinding[], principal: GcpPrincipal): Verdict {
  const names = memberNames(principal);
  const matching = bindings.filter(({ members }) => members.some((member) => names.includes(member)));
  const finding = (binding: GcpBinding | null, meaning: string): Finding => ({
    at: `allow policy of ${email}`,
    wanted: binding === null ? names : [binding.role],
    saw: binding === null ? bindings.flatMap(({ members }) => members) : binding.members,
    meaning,
    source: PAGES.impersonation,
  });
  const granting = matching.filter(({ role }) => GRANTING_ROLES.includes(role));
  const certain = granting.find(({ conditional }) => !conditional);
  if (certain !== undefined) return { outcome: "allowed", because: finding(certain, `${certain.role} lets it in`) };
  const [conditional] = granting;
  if (conditional !== undefined) {
    return { outcome: "unknown", because: [finding(conditional, "the binding has a condition, which brevet does not evaluate")] };
  }
  const custom = matching.find(({ role }) => !role.startsWith("roles/"));
  if (custom !== undefined) {
    return { outcome: "unknown", because: [finding(custom, "whether a custom role holds getAccessToken is not in the policy")] };
  }
  return { outcome: "refused", because: [finding(matching[0] ?? null, `grant it: ${grantCommand(email, principal)}`)] };
}

/** The command by which this principal, and no other, may act as a service account. */
export function grantCommand(email: string, principal: GcpPrincipal): string {
  const [member = ""] = memberNames(principal);
  return shellCommand`gcloud iam service-accounts add-iam-policy-binding ${email} --role=${IMPERSONATING_ROLE} --member=${member}`;
}
