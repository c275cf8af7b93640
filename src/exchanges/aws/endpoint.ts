import { Fault } from "../../core/fault.ts";
import type { Environment } from "../../platform/paths.ts";
import type { AwsOptions } from "./options.ts";
import type { Partition } from "./partitions.ts";

type EndpointOptions = Pick<AwsOptions, "endpointUrl" | "useFips" | "useDualStack">;

/**
 * What the environment adds to a profile's options; it shapes the credentials as much as the profile does, so a cache
 * key has to hold it.
 */
export interface AwsAmbience {
  readonly region: string | null;
  readonly endpointUrl: string | null;
  readonly useFips: boolean;
  readonly useDualStack: boolean;
}

/**
 * Reads AWS's own variables, the ones that say where to call. Keys and tokens are never read.
 *
 * @see AWS SDKs and Tools Reference Guide, "Service-specific endpoints", "Dual-stack and FIPS endpoints"
 */
export function awsAmbience(environment: Environment): AwsAmbience {
  const isTrue = (name: string): boolean => environment[name]?.toLowerCase() === "true";
  const endpoint = environment["AWS_ENDPOINT_URL_STS"] || environment["AWS_ENDPOINT_URL"];
  return {
    region: environment["AWS_REGION"] || environment["AWS_DEFAULT_REGION"] || null,
    endpointUrl: isTrue("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS") ? null : endpoint || null,
    useFips: isTrue("AWS_USE_FIPS_ENDPOINT"),
    useDualStack: isTrue("AWS_USE_DUALSTACK_ENDPOINT"),
  };
}

/**
 * The URL of STS for a region: the configured one, else the region's own, with FIPS and dual-stack as asked.
 *
 * @throws {Fault} `URL_INVALID` when the partition has no such endpoint, or FIPS or dual-stack is asked of a configured one.
 * @see botocore, data/sts/2011-06-15/endpoint-rule-set-1.json, whose order of rules this follows
 */
export function stsEndpoint(options: EndpointOptions, ambience: AwsAmbience, partition: Partition, region: string): string {
  const fips = options.useFips ?? ambience.useFips;
  const dualStack = options.useDualStack ?? ambience.useDualStack;
  const configured = options.endpointUrl ?? ambience.endpointUrl;
  if (configured !== null) {
    if (!fips && !dualStack) return configured;
    throw new Fault("URL_INVALID", `the endpoint ${configured} is configured, so FIPS or dual-stack cannot be chosen beside it`, {
      hints: ["name the FIPS or dual-stack endpoint itself, with `useFips` and `useDualStack` set to false"],
    });
  }
  if ((fips && !partition.hasFips) || (dualStack && partition.dualStackSuffix === null)) {
    throw new Fault(
      "URL_INVALID",
      `the partition ${partition.id} has no such endpoint: ${fips ? "FIPS" : ""} ${dualStack ? "dual-stack" : ""}`,
    );
  }
  if (dualStack) return `https://sts${fips ? "-fips" : ""}.${region}.${partition.dualStackSuffix}/`;
  // In GovCloud every STS endpoint is a FIPS endpoint, under the plain name.
  return `https://sts${fips && partition.id !== "aws-us-gov" ? "-fips" : ""}.${region}.${partition.suffix}/`;
}
