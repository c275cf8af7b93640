import { Fault } from "../../core/fault.ts";
import { evaluateTrust } from "../../trust/aws/evaluate.ts";
import { parseTrustPolicy, type TrustPolicy } from "../../trust/aws/policy.ts";
import type { TrustRequest } from "../../trust/aws/request.ts";
import type { Role } from "../iam/iam-folder.ts";
import { Refusal } from "./refusal.ts";

/**
 * A role's trust policy.
 *
 * @throws {Fault} `SANDBOX_INVALID` naming the role's file: IAM would not have stored it.
 */
export function trustPolicyOf(role: Role): TrustPolicy {
  try {
    return parseTrustPolicy(role.trustPolicy);
  } catch (cause) {
    if (!(cause instanceof Fault)) throw cause;
    throw new Fault("SANDBOX_INVALID", `trustPolicy in ${role.file}: ${cause.message}`, {
      cause,
      hints: cause.hints,
      details: { ...cause.details, file: role.file, key: "trustPolicy" },
    });
  }
}

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
