import { parseDuration } from "../../../core/time.ts";
import type { RoleWishes } from "../../../setup/aws/trust-wishes.ts";
import type { AwsSetupFlags } from "./flags.ts";

/** What the flags ask of a role. @throws {Fault} `DURATION_INVALID` for a session that IAM takes of no role. */
export function readRoleWishes(flags: AwsSetupFlags, roleName: string): RoleWishes {
  return {
    policyArns: flags["policy-arn"],
    roleName: flags["role-name"] ?? roleName,
    permissionsBoundary: flags["permissions-boundary"] ?? null,
    maxSessionSeconds: parseDuration(flags["max-session-duration"] ?? "1h", {
      min: 3600,
      max: 43_200,
      where: "--max-session-duration",
    }),
    tags: flags.tag,
  };
}
