import { isPassingAwsCode } from "../../core/aws-codes.ts";

/** How STS words that it could not fetch an issuer's keys, under a code that is final for every other reason. */
export const NO_KEYS = /couldn.t retrieve verification key/i;

/**
 * Whether the same call of STS may succeed a moment later, by the code and the words of its refusal. Of `IDPCommunicationError` STS says
 * that it is "often a transient error caused by network conditions".
 *
 * @see STS API Reference, AssumeRoleWithWebIdentity
 */
export function isTransient(cloudCode: string, cloudMessage: string): boolean {
  if (cloudCode === "InvalidIdentityToken") return NO_KEYS.test(cloudMessage);
  return cloudCode === "IDPCommunicationError" || isPassingAwsCode(cloudCode);
}
