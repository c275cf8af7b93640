import type { Environment } from "../../platform/paths.ts";

/** Where Entra ID is called: the profile's own authority, else the environment's. It shapes the credentials. */
export function authorityShape(
  raw: Readonly<Record<string, unknown>>,
  environment: Environment,
): Readonly<Record<string, unknown>> {
  return { authorityHost: raw["authorityHost"] ?? (environment["AZURE_AUTHORITY_HOST"] || null) };
}
