import { Fault } from "../../core/fault.ts";
import type { CallSettings } from "./call-settings.ts";
import type { Partition } from "./partitions.ts";

/**
 * The URL of STS for a region: the configured one, else the region's own, with FIPS and dual-stack as asked.
 *
 * @throws {Fault} `URL_INVALID` when the partition has no such endpoint, or FIPS or dual-stack is asked of a configured one.
 * @see botocore, data/sts/2011-06-15/endpoint-rule-set-1.json, whose order of rules this follows
 */
export function stsEndpoint(settings: Omit<CallSettings, "region">, partition: Partition, region: string): string {
  const { endpointUrl, useFips, useDualStack } = settings;
  if (endpointUrl !== null) {
    requireEndpointUrl(endpointUrl, "STS", "see `endpointUrl` in the profile, AWS_ENDPOINT_URL_STS and AWS_ENDPOINT_URL");
    if (!useFips && !useDualStack) return endpointUrl;
    throw new Fault(
      "URL_INVALID",
      `the endpoint ${new URL(endpointUrl).host} is configured, so FIPS or dual-stack cannot be chosen beside it`,
      {
        hints: [
          "name the FIPS or dual-stack endpoint itself, and set `useFips` and `useDualStack` to `false` in the profile",
          "or unset AWS_USE_FIPS_ENDPOINT and AWS_USE_DUALSTACK_ENDPOINT",
        ],
      },
    );
  }
  if (useFips && !partition.hasFips) throw new Fault("URL_INVALID", `the partition ${partition.id} has no FIPS endpoints`);
  if (useDualStack && partition.dualStackSuffix === null) {
    throw new Fault("URL_INVALID", `the partition ${partition.id} has no dual-stack endpoints`);
  }
  if (useDualStack) return `https://sts${useFips ? "-fips" : ""}.${region}.${partition.dualStackSuffix}/`;
  // In GovCloud every STS endpoint is a FIPS endpoint, under the plain name.
  return `https://sts${useFips && partition.id !== "aws-us-gov" ? "-fips" : ""}.${region}.${partition.suffix}/`;
}

/**
 * Refuses what is configured as a service's endpoint and cannot be one.
 *
 * @param whence where to look for it, for the hint.
 * @throws {Fault} `URL_INVALID`
 */
export function requireEndpointUrl(endpointUrl: string, service: string, whence: string): void {
  if (/^https?:\/\//i.test(endpointUrl) && URL.canParse(endpointUrl)) return;
  // The part before an @ may be a password.
  const shown = endpointUrl.includes("@") ? `what is configured as the endpoint of ${service}` : JSON.stringify(endpointUrl);
  throw new Fault("URL_INVALID", `${shown} is not the URL of an endpoint`, {
    hints: [`${whence}: write \`https://${service.toLowerCase()}.example.com\``],
  });
}
