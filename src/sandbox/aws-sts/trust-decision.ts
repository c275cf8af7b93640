import { evaluateTrust } from "../../trust/aws/evaluate.ts";
import type { TrustPolicy } from "../../trust/aws/policy.ts";
import type { TrustRequest } from "../../trust/aws/request.ts";
import { Refusal } from "./refusal.ts";

/**
 * Holds one action to the trust policy. What the engine cannot decide is refused: the sandbox never guesses in the
 * client's favour, and its log names what was not decided.
 *
 * @throws {Refusal} `AccessDenied` with the deciding statements as findings.
 */
export function requireTrust(policy: TrustPolicy, request: TrustRequest, message: string): void {
  const verdict = evaluateTrust(policy, request);
  if (verdict.outcome !== "allowed") throw new Refusal("AccessDenied", message, verdict.because);
}
