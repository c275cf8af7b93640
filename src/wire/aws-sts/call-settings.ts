import { ambientRegion } from "./named-region.ts";

/** What a profile says of where STS is called; null: it leaves that to the environment. */
export interface CallOptions {
  readonly region: string | null;
  readonly endpointUrl: string | null;
  readonly useFips: boolean | null;
  readonly useDualStack: boolean | null;
}

/** For a call without a profile. */
export const NO_CALL_OPTIONS: CallOptions = { region: null, endpointUrl: null, useFips: null, useDualStack: null };

type Variables = Readonly<Record<string, string | undefined>>;

/** Where STS is called: the profile's own choices, completed from the environment. */
export interface CallSettings {
  /** Null: the partition's default. */
  readonly region: string | null;
  /** Null: the region's own endpoint. */
  readonly endpointUrl: string | null;
  readonly useFips: boolean;
  readonly useDualStack: boolean;
}

/**
 * Completes a profile's options from the variables of AWS that say where to call. It shapes the credentials as much as the
 * profile does, so their cache key holds it. Variables that hold keys or tokens are never read.
 *
 * @param regionOfVia the region of the credentials that are chained; it goes before the environment's.
 * @see AWS SDKs and Tools Reference Guide, "Service-specific endpoints", "Dual-stack and FIPS endpoints"
 */
export function callSettings(options: CallOptions, environment: Variables, regionOfVia: string | null = null): CallSettings {
  const isTrue = (name: string): boolean => isTrueIn(environment, name);
  return {
    region: options.region ?? regionOfVia ?? ambientRegion(environment)?.region ?? null,
    endpointUrl: options.endpointUrl ?? configuredEndpoint("STS", environment),
    useFips: options.useFips ?? isTrue("AWS_USE_FIPS_ENDPOINT"),
    useDualStack: options.useDualStack ?? isTrue("AWS_USE_DUALSTACK_ENDPOINT"),
  };
}

/**
 * Where the environment says that a service of AWS is.
 *
 * @param service its id in variables: `STS`, `SIGNIN`.
 * @see AWS SDKs and Tools Reference Guide, "Service-specific endpoints"
 */
export function configuredEndpoint(service: string, environment: Variables): string | null {
  if (isTrueIn(environment, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS")) return null;
  return environment[`AWS_ENDPOINT_URL_${service}`] || environment["AWS_ENDPOINT_URL"] || null;
}

function isTrueIn(environment: Variables, name: string): boolean {
  return environment[name]?.toLowerCase() === "true";
}

/** The region of a chain in its cache key, which holds that of the profile before it: there it says which one this is. */
const REGION_OF_VIA = "via";

/**
 * The same of options that were not checked yet, for the cache key: a key never made from good options finds nothing.
 *
 * @param source `via`: another profile's credentials are chained, and the environment's region counts for nothing.
 */
export function callShape(
  raw: Readonly<Record<string, unknown>>,
  source: "identity" | "via",
  environment: Variables,
): Readonly<Record<string, unknown>> {
  const { region = null, endpointUrl = null, useFips = null, useDualStack = null } = raw as Partial<CallOptions>;
  const options = { region, endpointUrl, useFips, useDualStack };
  return { ...callSettings(options, environment, source === "via" ? REGION_OF_VIA : null) };
}
