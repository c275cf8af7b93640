import type { TrustAction } from "../../trust/aws/request.ts";
import { nameQualifier, samlContext } from "../../trust/aws/saml-context.ts";
import type { Role } from "../iam/iam-folder.ts";
import type { SamlProvider } from "../iam/saml-providers.ts";
import type { ActionContext, StsAction } from "./action.ts";
import { issueCredentials } from "./issue-credentials.ts";
import { checkRoleDuration, readRoleRequest, requiredText } from "./parameters.ts";
import { finding, Refusal } from "./refusal.ts";
import type { SamlFacts } from "./saml-facts.ts";
import { readSessionPolicies } from "./session-policies.ts";
import { actionsOf, requireFederatedTrust, requireRole } from "./trust-decision.ts";
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
    const role = requireRole(iam, wanted.roleArn, ACTION);
    const conditions = conditionKeysOf(role, facts, provider, context);
    requireFederatedTrust(role, actionsOf(ACTION, facts), { provider: principalArn, context: conditions });
    checkRoleDuration(role, wanted.durationSeconds);
    const issued = issueCredentials(
      {
        role,
        sessionName: facts.roleSessionName,
        durationSeconds: shortest(wanted.durationSeconds, facts.sessionSeconds, untilEnd(facts, now)),
        tags: facts.tags,
        sourceIdentity: facts.sourceIdentity,
        policies,
        isChained: false,
      },
      seal,
      now,
    );
    return {
      result: {
        ...issued.members,
        Issuer: facts.issuer,
        Subject: facts.subject,
        NameQualifier: nameQualifier({ issuer: facts.issuer, accountId: wanted.accountId, providerName: provider.name }),
        SubjectType: facts.subjectType,
        Audience: facts.recipient,
      },
      summary: issued.arn,
    };
  },
};

/** "… or until the time specified in the SAML authentication response's SessionNotOnOrAfter value, whichever is shorter." */
function untilEnd({ sessionNotOnOrAfter }: SamlFacts, now: number): number | null {
  return sessionNotOnOrAfter === null ? null : sessionNotOnOrAfter - now;
}

function shortest(...seconds: readonly (number | null)[]): number {
  return Math.min(...seconds.filter((one) => one !== null));
}

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

function conditionKeysOf(role: Role, facts: SamlFacts, provider: SamlProvider, { surroundings, now }: ActionContext) {
  return samlContext({
    ...surroundings,
    ...facts,
    providerName: provider.name,
    accountId: role.accountId,
    roleArn: role.arn,
    now,
  });
}
