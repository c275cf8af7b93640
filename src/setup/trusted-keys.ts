import { readOwnJson } from "../core/json-object.ts";
import { parameterOf, parseStackState } from "./aws/trust-stack.ts";
import type { ProviderState } from "./gcp/states.ts";
import type { Step } from "./plan.ts";
import type { Facts } from "./provisioner.ts";
import type { PlanRecord } from "./record.ts";

/*
 * Where clouds have a device's keys through setups. The config says it too, unless it or the setup is incomplete.
 */

/** Where a step has keys published, in the words of `issuer publish --to`; null for one without keys. */
export function placeOfKeys({ kind, address, after }: Step, { outputBucket, outputDistribution }: Facts): string | null {
  if (after === null) return null;
  if (kind === "gcp-provider") {
    const { project, pool, provider } = address;
    const isUploaded = readOwnJson<ProviderState>(after).keys === "uploaded";
    return isUploaded ? `gcp://projects/${project}/locations/global/workloadIdentityPools/${pool}/providers/${provider}` : null;
  }
  if (kind !== "aws-stack" || outputBucket === undefined) return null;
  const { parameters } = parseStackState(after);
  if (parameterOf("Hosting", parameters) === "none") return null;
  const query = `region=${address["region"]}${outputDistribution === undefined ? "" : `&distribution=${outputDistribution}`}`;
  return `s3://${outputBucket}/${parameterOf("IssuerPath", parameters)}?${query}`;
}

/** What trusts a device's keys, wherever setups have made it so. */
export interface TrustedKeys {
  /** In the words of `issuer publish --to`. */
  readonly places: readonly string[];
  /** The ARNs of AWS roles. */
  readonly roles: readonly string[];
}

/** @param subject the device's, by which setups mark what they make for it. */
export function trustedKeys(subject: string, records: readonly PlanRecord[]): TrustedKeys {
  const own = records.flatMap(({ steps }) => steps.filter(({ step }) => step.address["owner"] === subject));
  return {
    places: own.flatMap(({ step, facts }) => placeOfKeys(step, facts) ?? []),
    roles: own.flatMap(({ facts: { outputRoleArn } }) => outputRoleArn ?? []),
  };
}
