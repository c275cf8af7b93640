import { madeFor } from "../made-for.ts";
import type { WantedStep } from "../planned-step.ts";
import type { GoogleProject } from "./project.ts";
import { stateText } from "./states.ts";
import { projectOfAccount } from "./trust-names.ts";

/** What `setup gcp` makes so that a project trusts an identity: steps, in the order in which each needs the one before. */

/** Whom a project is to trust, and under which names. */
export interface GcpTrust {
  readonly project: GoogleProject;
  /** In the marks of what is made. */
  readonly owner: string;
  readonly pool: string;
  readonly provider: string;
  readonly issuer: string;
  /** null: everybody that the condition lets in. */
  readonly subject: string | null;
  readonly condition: string;
  readonly allowedAudiences: readonly string[];
  /** What is uploaded; null: Google fetches the keys from the issuer. */
  readonly jwks: string | null;
  /** The service account that is acted as. */
  readonly account: GcpAccount;
  /** What the service account, or the identity itself, may do in the project. */
  readonly roles: readonly string[];
}

export type GcpAccount =
  | { readonly kind: "none" }
  /** One that exists, of whomever. */
  | { readonly kind: "joined"; readonly email: string }
  /** One that is made. */
  | { readonly kind: "made"; readonly email: string };

/** The role with which a federated identity may act as a service account. */
export const IMPERSONATION_ROLE = "roles/iam.workloadIdentityUser";

/** The resource name of the provider, with the number of its project. */
export function trustedProvider({ project, pool, provider }: GcpTrust): string {
  return `${poolOf(project, pool)}/providers/${provider}`;
}

/** What is wanted, in order. */
export function wantedSteps(trust: GcpTrust): readonly WantedStep[] {
  const { project, pool, provider, owner, account, roles } = trust;
  const { number, projectId } = project;
  const mark = { displayName: "brevet", description: madeFor(owner) };
  const who = federatedMember(trust);
  const acting = account.kind === "none" ? who : `serviceAccount:${account.email}`;
  return [
    {
      id: "gcp-pool",
      kind: "gcp-pool",
      address: { project: number, pool, owner },
      what: `the workload identity pool ${pool} in the project ${projectId}`,
      after: stateText(mark),
    },
    {
      id: "gcp-provider",
      kind: "gcp-provider",
      address: { project: number, pool, provider, owner, ...(trust.jwks === null ? {} : { jwks: trust.jwks }) },
      what: `the provider ${provider}, which trusts ${trust.issuer}${trust.jwks === null ? "" : " by uploaded keys"}`,
      after: stateText({
        ...mark,
        issuerUri: trust.issuer,
        attributeMapping: { "google.subject": "assertion.sub" },
        attributeCondition: trust.condition,
        allowedAudiences: trust.allowedAudiences,
        keys: trust.jwks === null ? "fetched" : "uploaded",
      }),
    },
    ...(account.kind === "made"
      ? [
          {
            id: "gcp-service-account",
            kind: "gcp-service-account",
            address: { project: projectId, email: account.email, owner },
            what: `the service account ${account.email}`,
            after: stateText(mark),
          },
        ]
      : []),
    ...(account.kind === "none"
      ? []
      : [
          bindingStep(
            "gcp-impersonation",
            `projects/${projectOfAccount(account.email) ?? projectId}/serviceAccounts/${account.email}`,
            {
              role: IMPERSONATION_ROLE,
              member: who,
              what: `${IMPERSONATION_ROLE} on ${account.email} for ${trust.subject ?? "whoever the provider lets in"}`,
            },
          ),
        ]),
    ...roles.map((role) =>
      bindingStep(`gcp-role-${role.replace(/[^a-zA-Z0-9]+/g, "-")}`, `projects/${projectId}`, {
        role,
        member: acting,
        unmarked: account.kind === "joined",
        what: `${role} on the project ${projectId} for ${account.kind === "none" ? (trust.subject ?? "whoever the provider lets in") : account.email}`,
      }),
    ),
  ];
}

function bindingStep(
  id: string,
  on: string,
  { role, member, ...words }: { readonly role: string; readonly member: string } & Pick<WantedStep, "what" | "unmarked">,
): WantedStep {
  return { id, kind: "gcp-binding", address: { on, role, member }, ...words, after: stateText({ role, member }) };
}

/** The member by which an allow policy names one identity of the pool, or all of them. */
function federatedMember({ project, pool, subject }: GcpTrust): string {
  const name = `iam.googleapis.com/${poolOf(project, pool)}`;
  return subject === null ? `principalSet://${name}/*` : `principal://${name}/subject/${subject}`;
}

function poolOf({ number }: GoogleProject, pool: string): string {
  return `projects/${number}/locations/global/workloadIdentityPools/${pool}`;
}
