import type { AwsOptions } from "./options.ts";
import { sessionName } from "./session-name.ts";

/** The parameters that AWS names the session by. `subject`: who it is for, null where nobody knows. */
export function sessionParameters(options: AwsOptions, subject: string | null): Record<string, string> {
  return {
    RoleArn: options.role.text,
    RoleSessionName: options.sessionName ?? sessionName(subject ?? "brevet"),
    ...sharedParameters(options),
  };
}

/** The parameters that every way to assume a role shares. */
export function sharedParameters(options: AwsOptions): Record<string, string> {
  const parameters: Record<string, string> = { DurationSeconds: String(options.durationSeconds) };
  if (options.policy !== null) parameters["Policy"] = options.policy;
  for (const [index, arn] of options.policyArns.entries()) parameters[`PolicyArns.member.${index + 1}.arn`] = arn;
  return parameters;
}
