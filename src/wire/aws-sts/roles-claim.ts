import { isJsonObject } from "../../core/json-object.ts";
import { readRoleArn } from "./role-arn.ts";

/** The claims that are looked at where none is named: the one that people set up by hand, and AWS's own. */
export const ROLE_CLAIMS = ["roles", "https://aws.amazon.com/roles"] as const;

/**
 * The AWS roles that a claim names, each once, in its order. Providers put other roles into the same list: whatever is not a
 * role's ARN is passed over.
 *
 * @param path the claim's name, or the names that lead to it with a dot between them: `resource_access.aws.roles`. A claim that has
 * the whole as its name goes first.
 */
export function rolesInClaim(claims: Readonly<Record<string, unknown>>, path: string): readonly string[] {
  const value = Object.hasOwn(claims, path) ? claims[path] : path.split(".").reduce<unknown>(memberOf, claims);
  const listed: readonly unknown[] = Array.isArray(value) ? value : [value];
  return [...new Set(listed.filter((item): item is string => typeof item === "string" && readRoleArn(item) !== null))];
}

function memberOf(holder: unknown, name: string): unknown {
  return isJsonObject(holder) && Object.hasOwn(holder, name) ? holder[name] : undefined;
}
