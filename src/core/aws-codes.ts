/**
 * Codes that AWS's own SDKs call transient or throttling, in any service. `LimitExceededException` is not among them: IAM and
 * CloudFormation use it for a quota.
 *
 * @see AWS SDKs and Tools Reference Guide, "Retry behavior"
 */
const PASSING: ReadonlySet<string> = new Set([
  "BandwidthLimitExceeded",
  "EC2ThrottledException",
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

/** Whether AWS may serve the same call a moment later, by the code of its refusal alone; its status, 5xx, may say so too. */
export function isPassingAwsCode(code: string): boolean {
  return PASSING.has(code);
}
