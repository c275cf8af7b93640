import { consoleHosts } from "../../wire/aws-console/hosts.ts";
import type { WantedStep } from "../planned-step.ts";
import { OWNER_TAG } from "./trust-stack.ts";

/** What `setup aws --saml-metadata` makes so that people of a SAML provider may assume a role, each by a call of IAM. */

/** Whom an account is to trust, and what they may do. */
export interface SamlTrust {
  readonly account: string;
  readonly partition: string;
  /** For the clients; IAM itself has no region. */
  readonly region: string;
  /** What everything is tagged with. */
  readonly owner: string;
  /** Its name in IAM. */
  readonly provider: string;
  /** What the provider publishes of itself, XML. */
  readonly metadata: string;
  readonly role: string;
  readonly policyArns: readonly string[];
  readonly permissionsBoundary: string | null;
  readonly maxSessionSeconds: number;
  /** Values of `SAML:sub`, with `*` where they are patterns; empty: everybody that the provider offers the role. */
  readonly subjects: readonly string[];
  /** Values of the session tag `group`, one of which an assertion must carry; empty: it need carry none. */
  readonly groups: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
}

/** The state of a SAML provider, as JSON. */
export interface SamlProviderState {
  readonly metadata: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** The state of a role, as JSON. */
export interface SamlRoleState {
  /** The trust policy as JSON text. */
  readonly trust: string;
  readonly maxSessionSeconds: number;
  readonly permissionsBoundary: string | null;
  readonly tags: Readonly<Record<string, string>>;
}

export function samlProviderArn({ partition, account, provider }: SamlTrust): string {
  return `arn:${partition}:iam::${account}:saml-provider/${provider}`;
}

/** The description of the role, in IAM. */
export const SAML_ROLE_DESCRIPTION = "Assumed through brevet, with assertions of the SAML provider that its trust policy names";

/**
 * The role's trust policy: it accepts only assertions of that provider, made for AWS. `SAML:aud` is the recipient, the address at which
 * people sign in.
 *
 * @param provider its ARN.
 * @throws {Fault} `CREDENTIALS_UNSUPPORTED` for a partition whose sign-in is not public.
 * @see IAM User Guide, id_roles_providers_create_saml_assertions, `Recipient`
 */
export function samlTrustPolicy(trust: SamlTrust, provider: string): unknown {
  const { subjects, groups, partition } = trust;
  const isPattern = subjects.some((subject) => subject.includes("*"));
  const exact = {
    "SAML:aud": `https://${consoleHosts({ id: partition }).signIn}/saml`,
    ...(subjects.length > 0 && !isPattern ? { "SAML:sub": subjects } : {}),
    ...(groups.length > 0 ? { "aws:RequestTag/group": groups } : {}),
  };
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Federated: provider },
        Action: ["sts:AssumeRoleWithSAML", "sts:TagSession", "sts:SetSourceIdentity"],
        Condition: { StringEquals: exact, ...(isPattern ? { StringLike: { "SAML:sub": subjects } } : {}) },
      },
    ],
  };
}

/** A state as text, the tags in the order of their names. */
export function samlStateText(state: SamlProviderState | SamlRoleState): string {
  const tags = Object.fromEntries(Object.entries(state.tags).sort(([one], [other]) => (one < other ? -1 : 1)));
  return JSON.stringify({ ...state, tags }, null, 2);
}

/** What is wanted, each after what it needs. */
export function wantedSamlSteps(trust: SamlTrust): readonly WantedStep[] {
  const { account, region, owner, provider, role, metadata, maxSessionSeconds, permissionsBoundary } = trust;
  const tags = { ...trust.tags, [OWNER_TAG]: owner };
  const place = { account, region, owner };
  return [
    {
      id: "aws-saml-provider",
      kind: "aws-saml-provider",
      address: { ...place, provider: samlProviderArn(trust) },
      what: `the IAM SAML provider ${provider}`,
      after: samlStateText({ metadata, tags }),
    },
    {
      id: "aws-role",
      kind: "aws-role",
      address: { ...place, role },
      what: `the IAM role ${role}`,
      after: samlStateText({
        trust: JSON.stringify(samlTrustPolicy(trust, samlProviderArn(trust))),
        maxSessionSeconds,
        permissionsBoundary,
        tags,
      }),
    },
    ...trust.policyArns.map((policy) => ({
      id: `aws-role-policy ${policy}`,
      kind: "aws-role-policy",
      address: { ...place, role, policy },
      what: `the policy ${policy} at the role ${role}`,
      after: "attached",
    })),
  ];
}
