import { shellCommand } from "../../../core/shell-command.ts";
import type { Environment } from "../../../platform/paths.ts";
import { callsThisMachine } from "../../explain/trust-sources.ts";

/**
 * The line that shows a profile at work in AWS's own tools, with the endpoint as a flag: they do not read it from the profile,
 * and older ones ignore the variable that leads to the sandbox.
 */
export function tryLine(profile: string, endpointUrl: string | undefined, environment: Environment): string {
  return `try it: \`${shellCommand`aws sts get-caller-identity --profile ${profile}`}${endpointFlag(endpointUrl, environment)}\``;
}

function endpointFlag(endpointUrl: string | undefined, environment: Environment): string {
  if (endpointUrl !== undefined) return shellCommand` --endpoint-url ${endpointUrl}`;
  const variable = environment["AWS_ENDPOINT_URL_STS"] ? "AWS_ENDPOINT_URL_STS" : "AWS_ENDPOINT_URL";
  return callsThisMachine(environment) ? ` --endpoint-url "$${variable}"` : "";
}
