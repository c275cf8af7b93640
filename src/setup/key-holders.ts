import type { JsonObject } from "../core/json-object.ts";
import { shellCommand } from "../core/shell-command.ts";

/**
 * A verifier that accepted tokens of a revoked key, and the profile that leads to it. AWS is not among them: the commands that shut its
 * door are printed.
 */
export interface KeyHolder {
  readonly profile: string;
  /** What it may still accept, and what ends that: a sentence for people. */
  readonly says: string;
}

/** A profile of the identity whose key was revoked. */
export interface LedBy {
  readonly name: string;
  readonly exchange: string;
  readonly options: JsonObject;
}

/** The verifiers that may still hold the key. @param places where it was removed, in the form of `issuer publish --to` */
export function keyHolders(profiles: readonly LedBy[], places: readonly string[]): readonly KeyHolder[] {
  return profiles.flatMap(({ name, exchange, options }) => {
    const says = SAYS[exchange]?.(options, places) ?? null;
    return says === null ? [] : [{ profile: name, says }];
  });
}

const SAYS: Readonly<Record<string, (options: JsonObject, places: readonly string[]) => string | null>> = {
  gcp({ provider }, places) {
    // From an upload the revocation itself has removed it.
    if (typeof provider !== "string" || places.includes(`gcp://${provider}`)) return null;
    const command = shellCommand`gcloud iam workload-identity-pools providers update-oidc ${provider} --disabled`;
    return `Google may go on with its copy of the key for a while; \`${command}\` ends that, for everybody who signs in there`;
  },
  azure: ({ clientId = "its application" }) =>
    `Entra ID may go on with its copy of the key for a while; deleting the federated credential of ${clientId} ends that`,
  oauth({ grant, url }) {
    // The key is revoked by now: a profile with a wrong URL must not stop the report.
    const endpoint = URL.canParse(String(url)) ? new URL(String(url)) : null;
    if (grant !== "vault")
      return `${endpoint?.host ?? "the endpoint"} may go on with the key until it fetches the keys again, or is given the new ones`;
    const mount = /^\/v1\/(auth\/.+)\/login$/.exec(endpoint?.pathname ?? "")?.[1] ?? "auth/jwt";
    return `Vault goes on with the key until somebody types \`${shellCommand`vault write ${mount}/config …`}\` again; \`vault token revoke\` ends what it gave`;
  },
};
