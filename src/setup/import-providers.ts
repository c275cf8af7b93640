import { Fault } from "../core/fault.ts";
import type { ImportedProvider } from "../wire/aws-cli-oidc/parse.ts";
import { NAME_PATTERN } from "../wire/brevet-config/config.ts";
import type { Plan, Step } from "./plan.ts";
import { plannedStep } from "./planned-step.ts";
import type { Present } from "./provisioner.ts";

/** A profile that an AWS tool has today by way of the other tool. */
export interface ImportedProfile {
  /** Of the AWS config. */
  readonly name: string;
  readonly provider: string;
  readonly roleArn: string | null;
  readonly durationSeconds: number | null;
}

export interface ImportPresent {
  readonly brevetConfigFile: string;
  /** What brevet's config has under a name now. */
  readonly identity: (name: string) => Present;
  readonly profile: (name: string) => Present;
}

/**
 * The plan that makes an identity of each provider, a profile of its default role, and one of each AWS profile that asked the other
 * tool. Nothing that is there already is changed.
 *
 * @throws {Fault} `PLAN_CONFLICT` when a name is taken by something else; `NAME_INVALID`.
 */
export function planImport(
  id: string,
  providers: readonly ImportedProvider[],
  profiles: readonly ImportedProfile[],
  present: ImportPresent,
): Plan {
  const steps = providers.map((provider) => identityStep(provider, present));
  const wanted = new Map<string, unknown>();
  for (const provider of providers) if (provider.roleArn !== null) wanted.set(provider.name, profileOf(provider, {}));
  for (const profile of profiles) {
    const provider = providers.find(({ name }) => name === profile.provider.toLowerCase() || name === profile.provider);
    if (provider !== undefined && (profile.roleArn ?? provider.roleArn) !== null)
      wanted.set(profile.name, profileOf(provider, profile));
  }
  for (const [name, value] of wanted) steps.push(entryStep("brevet-profile", name, value, present.profile(name), present));
  return { id, title: `${providers.map(({ name }) => name).join(", ")}: identities, and profiles of their roles`, steps };
}

function identityStep(provider: ImportedProvider, present: ImportPresent): Step {
  const { clientCertificate, federation, scopes, authorizationParameters } = provider;
  const authentication =
    clientCertificate !== null
      ? { clientAuthentication: { method: "tls_client_auth", ...clientCertificate } }
      : provider.clientSecret !== null
        ? { clientAuthentication: { method: "client_secret_post" } }
        : {};
  const identity = {
    kind: "oidc",
    issuer: provider.issuer,
    clientId: provider.clientId,
    ...(scopes === null ? {} : { scopes }),
    ...(Object.keys(authorizationParameters).length === 0 ? {} : { authorizationParameters }),
    ...authentication,
    // The other tool sends the browser back to the root.
    redirect: { path: "/" },
    ...(federation.kind === "saml" && federation.subjectToken === "id" ? { samlSubjectToken: "id" } : {}),
  };
  return entryStep("brevet-identity", provider.name, identity, present.identity(provider.name), present);
}

function profileOf(provider: ImportedProvider, wish: Partial<ImportedProfile>): unknown {
  const { federation } = provider;
  const duration = wish.durationSeconds ?? provider.durationSeconds;
  return {
    identity: provider.name,
    aws: {
      roleArn: wish.roleArn ?? provider.roleArn,
      ...(duration === null ? {} : { duration }),
      ...(federation.kind === "saml" ? { saml: { audience: federation.audience } } : {}),
      ...(federation.kind === "oidc" && federation.sessionName !== null ? { sessionName: federation.sessionName } : {}),
    },
  };
}

function entryStep(
  kind: "brevet-identity" | "brevet-profile",
  name: string,
  value: unknown,
  present: Present,
  { brevetConfigFile: file }: ImportPresent,
): Step {
  const noun = kind === "brevet-identity" ? "identity" : "profile";
  if (!NAME_PATTERN.test(name)) {
    throw new Fault("NAME_INVALID", `"${name}" cannot be the name of ${noun === "identity" ? "an" : "a"} ${noun} here`, {
      hints: ["rename it in the other tool's config first: letters, digits, dots, dashes and underscores"],
    });
  }
  const after = JSON.stringify(value, null, 2);
  if (present.state !== null && present.state !== after) {
    throw new Fault("PLAN_CONFLICT", `brevet's config has another ${noun} ${name} already`, {
      hints: [`rename one of the two: \`${file}\``],
      details: { name },
    });
  }
  const wanted = { id: `${noun}-${name}`, kind, address: { file, [noun]: name }, what: `the ${noun} ${name} in ${file}`, after };
  return plannedStep(wanted, present, { create: "add" });
}
