import type { TrustAction } from "../../trust/aws/request.ts";
import { nameQualifier, samlContext } from "../../trust/aws/saml-context.ts";
import { type Role, trustPolicyOf } from "../iam/iam-folder.ts";
import type { SamlProvider } from "../iam/saml-providers.ts";
import type { ActionContext, StsAction } from "./action.ts";
import { issueCredentials } from "./issue-credentials.ts";
import { checkRoleDuration, readRoleRequest, requiredText } from "./parameters.ts";
import { finding, Refusal } from "./refusal.ts";
import type { SamlFacts } from "./saml-facts.ts";
import { packedPolicySize, readSessionPolicies } from "./session-policies.ts";
import { requireTrust } from "./trust-decision.ts";
import { verifySamlResponse } from "./verify-saml-response.ts";

const ACTION: TrustAction = "sts:AssumeRoleWithSAML";

/**
 * Trades a SAML response for the keys of a role session. The request is not signed.
 *
 * @see STS API Reference, AssumeRoleWithSAML
 */
export const assumeRoleWithSaml: StsAction = {
  name: "AssumeRoleWithSAML",
  async run(context) {
    const { parameters, iam, seal, now } = context;
    const wanted = readRoleRequest(parameters);
    const principalArn = requiredText(parameters, "PrincipalArn");
    const encoded = requiredText(parameters, "SAMLAssertion");
    const policies = readSessionPolicies(parameters, wanted.accountId);
    const provider = findProvider(principalArn, wanted.accountId, context);
    const facts = verifySamlResponse(encoded, provider, now);
    requireRolePair(facts, wanted.roleArn, principalArn);
    const role = iam.findRole(wanted.roleArn);
    if (role === null) throw denied(wanted.roleArn);
    checkTrust(role, facts, provider, principalArn, context);
    checkRoleDuration(role, wanted.durationSeconds);
    const packed = packedPolicySize(policies, facts.tags);
    const issued = issueCredentials(
      {
        role,
        sessionName: facts.roleSessionName,
        // "… or until the time specified in the SAML authentication response's SessionNotOnOrAfter value, whichever is shorter."
        durationSeconds: Math.min(wanted.durationSeconds, (facts.sessionNotOnOrAfter ?? Number.POSITIVE_INFINITY) - now),
        sourceIdentity: facts.sourceIdentity,
        tags: facts.tags?.principal ?? {},
        transitiveTagKeys: facts.tags?.transitive ?? [],
        policies,
      },
      seal,
      now,
    );
    return {
      result: {
        Issuer: facts.issuer,
        AssumedRoleUser: issued.assumedRoleUser,
        Credentials: issued.credentials,
        Subject: facts.subject,
        NameQualifier: nameQualifier({ issuer: facts.issuer, accountId: wanted.accountId, providerName: provider.name }),
        SubjectType: facts.subjectType,
        PackedPolicySize: packed === null ? null : String(packed),
        Audience: facts.recipient,
        SourceIdentity: facts.sourceIdentity,
      },
      summary: issued.arn,
    };
  },
};

function findProvider(arn: string, accountId: string, { iam }: ActionContext): SamlProvider {
  const [, account, name = ""] = /^arn:aws[a-z-]*:iam::(\d{12}):saml-provider\/([\w.-]{1,128})$/.exec(arn) ?? [];
  const provider = account === accountId ? iam.findSamlProvider(name) : null;
  if (provider !== null) return provider;
  throw new Refusal("InvalidIdentityToken", "Specified provider doesn't exist", [
    finding(
      "PrincipalArn",
      "a provider of iam/saml-providers, in the role's account",
      arn,
      "there is none: `brevet sandbox trust` adds one",
    ),
  ]);
}

/** The assertion has to offer this role through this provider: a role of another line of it is not this person's. */
function requireRolePair(facts: SamlFacts, roleArn: string, principalArn: string): void {
  const pairs = facts.rolePairs.map((pair) => pair.split(",").map((arn) => arn.trim()));
  if (pairs.some((pair) => pair.length === 2 && pair.includes(roleArn) && pair.includes(principalArn))) return;
  throw new Refusal("AccessDenied", `Not authorized to perform ${ACTION}`, [
    finding("the Role attribute", `${roleArn},${principalArn}`, facts.rolePairs, "the assertion does not offer this role"),
  ]);
}

function checkTrust(role: Role, facts: SamlFacts, provider: SamlProvider, principalArn: string, context: ActionContext): void {
  const conditionKeys = samlContext({
    ...context.surroundings,
    ...facts,
    providerName: provider.name,
    accountId: role.accountId,
    roleArn: role.arn,
    now: context.now,
  });
  const actions: readonly TrustAction[] = [
    ACTION,
    ...(facts.tags === null ? [] : (["sts:TagSession"] as const)),
    ...(facts.sourceIdentity === null ? [] : (["sts:SetSourceIdentity"] as const)),
  ];
  for (const action of actions) {
    const principal = { kind: "federated", arn: principalArn } as const;
    requireTrust(
      trustPolicyOf(role),
      { action, principal, resource: role.arn, context: conditionKeys },
      `Not authorized to perform ${action}`,
    );
  }
}

function denied(roleArn: string): Refusal {
  return new Refusal("AccessDenied", `Not authorized to perform ${ACTION}`, [
    finding("RoleArn", "a role in the sandbox's iam/roles", roleArn, "there is no such role: `brevet sandbox trust` makes one"),
  ]);
}
