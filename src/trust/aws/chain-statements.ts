import { visibleJson } from "../../core/visible.ts";
import type { TrustAction } from "./request.ts";

/** Two roles, of which one is to assume the other. */
export interface RoleChain {
  readonly callerRoleArn: string;
  readonly roleArn: string;
}

/**
 * The statements, as JSON on a line each, by which one role may assume another: of the other's trust policy, which lets in that role
 * alone, and of a policy of the first, which it needs in another account.
 *
 * @see IAM User Guide, reference_policies_evaluation-logic-cross-account
 */
export function chainStatements({ callerRoleArn, roleArn }: RoleChain, action: TrustAction = "sts:AssumeRole") {
  const allow = { Effect: "Allow", Action: action } as const;
  return {
    trust: visibleJson({ ...allow, Principal: { AWS: callerRoleArn } }),
    permission: visibleJson({ ...allow, Resource: roleArn }),
  };
}
