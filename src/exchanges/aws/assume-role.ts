import type { AwsCredentials } from "../../core/credentials.ts";
import type { Clock } from "../../core/time.ts";
import { signStsCall } from "../../wire/aws-sts/sign.ts";
import type { AwsOptions } from "./options.ts";
import type { StsCall } from "./sts-call.ts";

/** The external id, and tags and source identity as parameters: with a web identity those are claims of the token, here they are asked for. */
export function chainParameters(options: AwsOptions): Record<string, string> {
  const parameters: Record<string, string> = {};
  for (const [index, [key, value]] of Object.entries(options.tags).entries()) {
    parameters[`Tags.member.${index + 1}.Key`] = key;
    parameters[`Tags.member.${index + 1}.Value`] = value;
  }
  for (const [index, key] of options.transitiveTags.entries()) parameters[`TransitiveTagKeys.member.${index + 1}`] = key;
  if (options.sourceIdentity !== null) parameters["SourceIdentity"] = options.sourceIdentity;
  if (options.externalId !== null) parameters["ExternalId"] = options.externalId;
  return parameters;
}

/** Signs a call by Signature Version 4, dated by the corrected clock. */
export function signWith(credentials: AwsCredentials, region: string, clock: Clock): NonNullable<StsCall["sign"]> {
  return (endpoint, headers, body) => signStsCall({ endpoint, headers, body }, credentials, region, clock.now());
}
