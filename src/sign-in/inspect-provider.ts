import { type ClientParts, openClient } from "./open-client.ts";
import type { Provider } from "./provider.ts";

/** Something about a provider that whoever sets it up should know. */
export interface ProviderFinding {
  readonly tone: "good" | "warn";
  readonly text: string;
}

/** What a provider's metadata say, as far as a sign-in and the clouds behind it go. */
export interface InspectedProvider {
  readonly findings: readonly ProviderFinding[];
  /** Whether it has the scope that many providers want for a session that can be renewed. */
  readonly hasOfflineAccess: boolean;
}

/**
 * Fetches the metadata and looks at what matters.
 *
 * @throws {Fault} `PROVIDER_MISMATCH`, `PROVIDER_UNFIT`, a fault of the network.
 */
export async function inspectProvider(provider: Provider, parts: ClientParts): Promise<InspectedProvider> {
  // Metadata are public, and during a setup there is no secret or key yet.
  const { authentication: _, proofKey: __, ...anybody } = provider;
  const metadata = (await openClient(anybody, "current", parts)).serverMetadata();
  const findings: ProviderFinding[] = [];
  const look = (isGood: boolean, good: string, bad: string): void =>
    void findings.push(isGood ? { tone: "good", text: good } : { tone: "warn", text: bad });
  look(
    metadata.authorization_endpoint !== undefined && metadata.token_endpoint !== undefined,
    "it signs people in by the browser",
    "it announces no endpoints for a sign-in by the browser",
  );
  look(
    metadata.code_challenge_methods_supported?.includes("S256") !== false,
    "it takes PKCE by S256",
    "it does not announce PKCE by S256, which brevet always sends: a provider that refuses it cannot be used",
  );
  const algorithms = strings(metadata["id_token_signing_alg_values_supported"]);
  look(
    algorithms.some((algorithm) => /^(RS|ES)256$/.test(algorithm)),
    `it signs ID tokens by ${algorithms.filter((algorithm) => /^(RS|ES)256$/.test(algorithm)).join(" or ")}`,
    `it signs ID tokens by ${algorithms.join(", ") || "nothing that it announces"}, and brevet hands on RS256 and ES256`,
  );
  look(
    !/^https:\/\/[^/]*:\d/.test(provider.issuer) && provider.issuer.startsWith("https://"),
    "AWS can take its URL for an OIDC provider",
    "AWS takes no issuer with a port or without https",
  );
  look(
    metadata.device_authorization_endpoint !== undefined,
    "it has the sign-in on another device (`--way device`)",
    "it has no sign-in on another device: over SSH, `--way paste` is left",
  );
  look(
    metadata.revocation_endpoint !== undefined,
    "`brevet logout` can take a session back",
    "it has no revocation, so `brevet logout` only forgets here",
  );
  return { findings, hasOfflineAccess: strings(metadata.scopes_supported).includes("offline_access") };
}

function strings(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === "string") : [];
}
