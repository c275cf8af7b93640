import type { Environment } from "../../../platform/paths.ts";
import { ambientRegion, type NamedRegion } from "../../../wire/aws-sts/named-region.ts";

/** The region that was typed, else that of AWS's own tools; null where there is neither. */
export function regionOf({ region }: { readonly region?: string | undefined }, environment: Environment): NamedRegion | null {
  return region === undefined ? ambientRegion(environment) : { region, namedBy: "--region" };
}
