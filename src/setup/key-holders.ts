import type { JsonObject } from "../core/json-object.ts";
import { shellCommand } from "../core/shell-command.ts";

/**
 * A verifier that took tokens of a revoked key, by the profile that leads there. AWS is none of these: what shuts its door is printed to be
 * pasted.
 */
export interface KeyHolder {
  readonly profile: string;
  /** What it may still take, and what ends that: a sentence for people. */
  readonly says: string;
}

/** What is known of a profile that the identity of the key proves itself. */
export interface LedBy {
  readonly name: string;
  readonly exchange: string;
  readonly options: JsonObject;
}

/** Those that may hold the key still. @param places where it was taken out, as `issuer publish --to` has them */
export function keyHolders(profiles: readonly LedBy[], places: readonly string[]): readonly KeyHolder[] {
  return profiles.flatMap(({ name, exchange, options }) => {
    const says = SAYS[exchange]?.(options, places) ?? null;
    return says === null ? [] : [{ profile: name, says }];
  });
}

const SAYS: Readonly<Record<string, (options: JsonObject, places: readonly string[]) => string | null>> = {
  gcp({ provider }, places) {
    // Out of an upload it was taken itself.
    if (typeof provider !== "string" || places.includes(`gcp://${provider}`)) return null;
    const command = shellCommand`gcloud iam workload-identity-pools providers update-oidc ${provider} --disabled`;
    return `Google may go on with its copy of the key for a while; \`${command}\` ends that, for all who sign in there`;
  },
  azure: ({ clientId = "its application" }) =>
    `Entra ID may go on with its copy of the key for a while; whoever deletes the federated credential of ${clientId} ends that`,
  oauth({ grant, url }) {
    // The key is gone by now: a profile that does not work is no reason to stop.
    const { host, pathname } = new URL(URL.canParse(String(url)) ? String(url) : "https://its-endpoint");
    if (grant !== "vault") return `${host} may go on with the key until it fetches the keys again, or is given the new ones`;
    const mount = /^\/v1\/(auth\/.+)\/login$/.exec(pathname)?.[1] ?? "auth/jwt";
    return `Vault goes on with the key until somebody types \`${shellCommand`vault write ${mount}/config …`}\` again; \`vault token revoke\` ends what it gave`;
  },
};
