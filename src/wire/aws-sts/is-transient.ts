/**
 * Codes that AWS's own SDKs call transient or throttling, and `IDPCommunicationError`, of which STS says that it is "often a transient
 * error caused by network conditions".
 *
 * @see AWS SDKs and Tools Reference Guide, "Retry behavior"; STS API Reference, AssumeRoleWithWebIdentity
 */
const CODES: ReadonlySet<string> = new Set([
  "BandwidthLimitExceeded",
  "EC2ThrottledException",
  "IDPCommunicationError",
  "LimitExceededException",
  "PriorRequestNotComplete",
  "ProvisionedThroughputExceededException",
  "RequestLimitExceeded",
  "RequestThrottled",
  "RequestThrottledException",
  "RequestTimeout",
  "RequestTimeoutException",
  "SlowDown",
  "ThrottledException",
  "Throttling",
  "ThrottlingException",
  "TooManyRequestsException",
  "TransactionInProgressException",
]);

/** How STS words that it could not fetch an issuer's keys, under a code that is final for every other reason. */
export const NO_KEYS = /couldn.t retrieve verification key/i;

/** Whether the same call of STS may succeed a moment later, by the code and the words of its refusal. */
export function isTransient(cloudCode: string, cloudMessage: string): boolean {
  return CODES.has(cloudCode) || (cloudCode === "InvalidIdentityToken" && NO_KEYS.test(cloudMessage));
}
