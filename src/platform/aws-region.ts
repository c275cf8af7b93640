import type { Environment } from "./paths.ts";

/** The region that AWS's own tools take from the environment; null where it names none. */
export function awsRegion(environment: Environment): string | null {
  return environment["AWS_REGION"] || environment["AWS_DEFAULT_REGION"] || null;
}
