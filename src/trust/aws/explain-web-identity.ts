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

/** What the account has; `unknown` where nobody could look. */
export interface WebIdentityTrust {
  readonly role: AwsRoleFacts | null | "unknown";
  readonly providers: readonly AwsProviderFacts[] | "unknown";
}

const OIDC_PROVIDERS = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html";
const DURATION = "https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html";

/** What STS asks of the account, in the order in which it does: the provider, its audiences, the role, each action, the time. */
export function explainWebIdentity(question: WebIdentityQuestion, trust: WebIdentityTrust): readonly Explained[] {
  const provider = explainProvider(question, trust.providers);
  if (trust.role === "unknown") return [...provider, roleUnknown(question)];
  if (trust.role === null) return [...provider, roleAbsent(question)];
  return [...provider, ...explainPin(question), ...explainTrust(question, trust.role), ...explainDuration(question, trust.role)];
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
  { claims, roleArn }: WebIdentityQuestion,
  providers: WebIdentityTrust["providers"],
): readonly Explained[] {
  const asks = "the account's OIDC provider";
  const { iss } = claims;
  const audiences = [claims.aud].flat();
  const [aud = ""] = audiences;
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
  const arn = providerArnOf(iss, roleArn);
  if (providers === "unknown") {
    const command = `${shellCommand`aws iam get-open-id-connect-provider --open-id-connect-provider-arn ${arn}`} > provider.json`;
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
    const create = shellCommand`aws iam create-open-id-connect-provider --url ${iss} --client-id-list ${aud}`;
    return [refused(asks, [finding], [create])];
  }
  if (!audiences.some((one) => found.clientIds.includes(one))) {
    const finding = {
      at: "the audiences of the OIDC provider",
      wanted: found.clientIds,
      saw: audiences,
      meaning: `the provider does not list the audience ${aud}`,
      source: OIDC_PROVIDERS,
    };
    const add = shellCommand`aws iam add-client-id-to-open-id-connect-provider --open-id-connect-provider-arn ${arn} --client-id ${aud}`;
    return [refused(asks, [finding], [add])];
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
  const name = roleArn.split("/").at(-1) ?? "";
  const command = `${shellCommand`aws iam get-role --role-name ${name}`} > role.json`;
  return notLookedAt("the role's trust policy", "it was not read", [command, "then give `--trust role.json`"], PAGES.oidcRole);
}

function roleAbsent({ roleArn, claims }: WebIdentityQuestion): Explained {
  const meaning = "there is no such role; AWS answers as for a role that does not trust the caller";
  const finding = { at: "RoleArn", wanted: [], saw: [roleArn], meaning, source: PAGES.oidcRole };
  const create = `make the role with a trust policy for ${providerArnOf(claims.iss, roleArn)}, or correct \`roleArn\` in the profile`;
  return refused("the role", [finding], [create]);
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

function explainTrust(question: WebIdentityQuestion, role: AwsRoleFacts): readonly Explained[] {
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
    const mend = verdict.outcome === "refused" ? mendTrust(verdict.because, { request, tagsBy, version: policy.version }) : [];
    return { asks: action, verdict, mend };
  });
}

function explainDuration({ durationSeconds, roleArn }: WebIdentityQuestion, role: AwsRoleFacts): readonly Explained[] {
  const { maxSessionDuration } = role;
  if (maxSessionDuration === null || durationSeconds === null || durationSeconds <= maxSessionDuration) return [];
  const finding = {
    at: "MaxSessionDuration",
    wanted: [`at most ${formatDuration(maxSessionDuration)}`],
    saw: [formatDuration(durationSeconds)],
    meaning: "the profile asks for a longer session than the role gives",
    source: DURATION,
  };
  const name = roleArn.split("/").at(-1) ?? "";
  return [
    refused(
      "the session's duration",
      [finding],
      [
        `in the profile: "duration": "${formatDuration(maxSessionDuration)}"`,
        `or: ${shellCommand`aws iam update-role --role-name ${name} --max-session-duration ${durationSeconds}`}`,
      ],
    ),
  ];
}

function refused(asks: string, because: readonly Finding[], mend: readonly string[]): Explained {
  const verdict: Verdict = { outcome: "refused", because };
  return { asks, verdict, mend };
}
