import { shellCommand } from "../../core/shell-command.ts";
import type { EpochSeconds } from "../../core/time.ts";
import { formatDuration } from "../../core/time.ts";
import { parseAwsRoles, parseAwsSourceIdentity, parseAwsTags } from "../../wire/aws-sts/token-claims.ts";
import { type Explained, notLookedAt } from "../explained.ts";
import type { Finding, Verdict } from "../verdict.ts";
import { evaluateTrust } from "./evaluate.ts";
import { issuerFormProblem } from "./issuer-form.ts";
import { mendTrust, type TagsBy } from "./mend.ts";
import { PAGES } from "./pages.ts";
import { parseTrustPolicy } from "./policy.ts";
import type { TrustAction, TrustPrincipal } from "./request.ts";
import type { Surroundings } from "./surroundings.ts";
import { roleName, type TrustChanges, type TrustedCaller } from "./trust-changes.ts";
import type { AwsProviderFacts, AwsRoleFacts } from "./trust-source.ts";
import { webIdentityContext } from "./web-identity-context.ts";
import { oidcProviderArn } from "./web-identity-trust.ts";

/** One call of AssumeRoleWithWebIdentity that is to be explained. */
export interface WebIdentityQuestion {
  readonly roleArn: string;
  readonly claims: Readonly<Record<string, unknown>> & { readonly iss: string; readonly aud: string | readonly string[] };
  readonly roleSessionName: string;
  /** null where it is not known. */
  readonly durationSeconds: number | null;
  readonly now: EpochSeconds;
  readonly surroundings: Surroundings;
  readonly tagsBy: TagsBy;
}

/** What the account has, `unknown` where nobody could look, and how it is changed. */
export interface WebIdentityTrust {
  readonly role: AwsRoleFacts | null | "unknown";
  readonly providers: readonly AwsProviderFacts[] | "unknown";
  readonly changes: TrustChanges;
}

const OIDC_PROVIDERS = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html";
const DURATION = "https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html";

/** What STS asks of the account, in the order in which it does: the provider, its audiences, the role, each action, the time. */
export function explainWebIdentity(question: WebIdentityQuestion, trust: WebIdentityTrust): readonly Explained[] {
  const { role, changes } = trust;
  const provider = explainProvider(question, trust);
  if (role === "unknown") return [...provider, roleUnknown(question)];
  if (role === null) return [...provider, roleAbsent(question, changes)];
  const pin = explainPin(question);
  return [...provider, ...pin, ...explainTrust(question, role, changes), ...explainDuration(question, role, changes)];
}

function callerOf({ claims, roleArn }: WebIdentityQuestion): TrustedCaller {
  const [audience = ""] = [claims.aud].flat();
  const providerArn = providerArnOf(claims.iss, roleArn);
  return { issuer: claims.iss, subject: String(claims["sub"]), audience, roleArn, providerArn };
}

/** The ARN of the provider of an issuer in the account of a role. */
export function providerArnOf(issuer: string, roleArn: string): string {
  const [, partition = "", , , accountId = ""] = roleArn.split(":");
  return oidcProviderArn({ partition, accountId, issuer });
}

function hostAndPath(issuer: string): string {
  return issuer.replace(/^https:\/\//, "");
}

function explainProvider(
  question: WebIdentityQuestion,
  { providers, changes }: Pick<WebIdentityTrust, "providers" | "changes">,
): readonly Explained[] {
  const asks = "the account's OIDC provider";
  const caller = callerOf(question);
  const { issuer: iss } = caller;
  const audiences = [question.claims.aud].flat();
  const problem = issuerFormProblem(iss);
  if (problem !== null) {
    const finding = {
      at: "the token's iss",
      wanted: ["an https URL without a port"],
      saw: [iss],
      meaning: `no OIDC provider can be made for this issuer: ${problem}`,
      source: OIDC_PROVIDERS,
    };
    return [refused(asks, [finding], ["brevet serve --issuer https://id.example.com --data NEW-FOLDER"])];
  }
  if (providers === "unknown") {
    const command = `${shellCommand`aws iam get-open-id-connect-provider --open-id-connect-provider-arn ${caller.providerArn}`} > provider.json`;
    return [notLookedAt(asks, "it was not read", [command, "then give `--provider provider.json`"], OIDC_PROVIDERS)];
  }
  // IAM writes the URL of a provider without its scheme.
  const found = providers.find(({ url }) => hostAndPath(url) === hostAndPath(iss));
  if (found === undefined) {
    const near = providers.find(({ url }) => loosely(url) === loosely(iss));
    const meaning =
      near === undefined
        ? `the account has no OIDC provider for ${iss}`
        : `the account's provider is for ${near.url}, which is another issuer: ${differenceOf(near.url, iss)}`;
    const finding = { at: asks, wanted: [iss], saw: providers.map(({ url }) => url), meaning, source: OIDC_PROVIDERS };
    return [refused(asks, [finding], changes.letIn(caller, "provider"))];
  }
  if (!audiences.some((one) => found.clientIds.includes(one))) {
    const finding = {
      at: "the audiences of the OIDC provider",
      wanted: found.clientIds,
      saw: audiences,
      meaning: `the provider does not list the audience ${caller.audience}`,
      source: OIDC_PROVIDERS,
    };
    return [refused(asks, [finding], changes.letIn(caller, "audience"))];
  }
  const because = {
    at: asks,
    wanted: [iss, ...audiences],
    saw: [found.url],
    meaning: "it lists the issuer and the audience",
    source: OIDC_PROVIDERS,
  };
  return [{ asks, verdict: { outcome: "allowed", because }, mend: [] }];
}

function loosely(url: string): string {
  return hostAndPath(url).toLowerCase().replace(/\/+$/, "");
}

function differenceOf(left: string, right: string): string {
  const [one, other] = [hostAndPath(left), hostAndPath(right)];
  if (one.replace(/\/+$/, "") === other.replace(/\/+$/, "")) return "they differ in a slash at the end";
  return "they differ in upper and lower case";
}

function roleUnknown({ roleArn }: WebIdentityQuestion): Explained {
  const command = `${shellCommand`aws iam get-role --role-name ${roleName(roleArn)}`} > role.json`;
  return notLookedAt("the role's trust policy", "it was not read", [command, "then give `--trust role.json`"], PAGES.oidcRole);
}

function roleAbsent(question: WebIdentityQuestion, changes: TrustChanges): Explained {
  const meaning = "there is no such role; AWS answers as for a role that does not trust the caller";
  const finding = { at: "RoleArn", wanted: [], saw: [question.roleArn], meaning, source: PAGES.oidcRole };
  return refused("the role", [finding], changes.letIn(callerOf(question), "role"));
}

/** A token that names roles is good for no other. */
function explainPin({ claims, roleArn }: WebIdentityQuestion): readonly Explained[] {
  const roles = parseAwsRoles(claims);
  if (roles === null || roles.includes(roleArn)) return [];
  const finding = {
    at: "the token's roles",
    wanted: roles,
    saw: [roleArn],
    meaning: "the token was made for other roles than the one that is asked for",
    source: PAGES.oidcRole,
  };
  return [refused("the token's roles", [finding], ["ask for the role of the profile, or make a profile for this one"])];
}

function explainTrust(question: WebIdentityQuestion, role: AwsRoleFacts, changes: TrustChanges): readonly Explained[] {
  const { claims, roleArn, roleSessionName, now, surroundings, tagsBy } = question;
  const policy = parseTrustPolicy(role.trustPolicy);
  const principal: TrustPrincipal = { kind: "federated", arn: providerArnOf(claims.iss, roleArn) };
  const context = webIdentityContext({ issuer: claims.iss, claims, roleSessionName, roleArn, now, ...surroundings });
  const actions: readonly TrustAction[] = [
    "sts:AssumeRoleWithWebIdentity",
    ...(parseAwsTags(claims) === null ? [] : (["sts:TagSession"] as const)),
    ...(parseAwsSourceIdentity(claims) === null ? [] : (["sts:SetSourceIdentity"] as const)),
  ];
  return actions.map((action) => {
    const request = { action, principal, resource: roleArn, context };
    const verdict = evaluateTrust(policy, request);
    const trust = { request, tagsBy, version: policy.version, changes };
    return { asks: action, verdict, mend: verdict.outcome === "refused" ? mendTrust(verdict.because, trust) : [] };
  });
}

function explainDuration(
  { durationSeconds, roleArn }: WebIdentityQuestion,
  role: AwsRoleFacts,
  changes: TrustChanges,
): readonly Explained[] {
  const { maxSessionDuration } = role;
  if (maxSessionDuration === null || durationSeconds === null || durationSeconds <= maxSessionDuration) return [];
  const finding = {
    at: "MaxSessionDuration",
    wanted: [`at most ${formatDuration(maxSessionDuration)}`],
    saw: [formatDuration(durationSeconds)],
    meaning: "the profile asks for a longer session than the role gives",
    source: DURATION,
  };
  const shorten = `in the profile: "duration": "${formatDuration(maxSessionDuration)}"`;
  const lengthen = changes.lengthenSessions(roleArn, durationSeconds).map((line) => `or: ${line}`);
  return [refused("the session's duration", [finding], [shorten, ...lengthen])];
}

function refused(asks: string, because: readonly Finding[], mend: readonly string[]): Explained {
  const verdict: Verdict = { outcome: "refused", because };
  return { asks, verdict, mend };
}
