import type { JsonObject } from "../core/json-object.ts";
import type { ImportedProvider } from "../wire/aws-cli-oidc/parse.ts";
import type { ImportedEntries } from "./import-plan.ts";

/** A profile that an AWS tool has today by way of the other tool. */
export interface ImportedProfile {
  /** Of the AWS config. */
  readonly name: string;
  readonly provider: string;
  readonly roleArn: string | null;
  readonly durationSeconds: number | null;
}

/** An identity of each provider, a profile of its default role, and one of each AWS profile that asked the other tool. */
export function importProviders(providers: readonly ImportedProvider[], profiles: readonly ImportedProfile[]): ImportedEntries {
  const wanted = new Map<string, JsonObject>();
  for (const provider of providers) if (provider.roleArn !== null) wanted.set(provider.name, profileOf(provider, {}));
  for (const profile of profiles) {
    const provider = providers.find(({ name }) => name === profile.provider.toLowerCase() || name === profile.provider);
    if (provider !== undefined && (profile.roleArn ?? provider.roleArn) !== null)
      wanted.set(profile.name, profileOf(provider, profile));
  }
  return {
    title: `${providers.map(({ name }) => name).join(", ")}: identities, and profiles of their roles`,
    identities: new Map(providers.map((provider) => [provider.name, identityOf(provider)])),
    profiles: wanted,
  };
}

function identityOf(provider: ImportedProvider): JsonObject {
  const { clientCertificate, federation, scopes, authorizationParameters } = provider;
  const authentication =
    clientCertificate !== null
      ? { clientAuthentication: { method: "tls_client_auth", ...clientCertificate } }
      : provider.clientSecret !== null
        ? { clientAuthentication: { method: "client_secret_post" } }
        : {};
  return {
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
}

function profileOf(provider: ImportedProvider, wish: Partial<ImportedProfile>): JsonObject {
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
