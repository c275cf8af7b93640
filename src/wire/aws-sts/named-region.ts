/** A region, and what names it, for messages: `AWS_DEFAULT_REGION`, `--region`. */
export interface NamedRegion {
  readonly region: string;
  readonly namedBy: string;
}

/** The region that AWS's own tools take from the environment; null where it names none. */
export function ambientRegion(environment: Readonly<Record<string, string | undefined>>): NamedRegion | null {
  for (const namedBy of ["AWS_REGION", "AWS_DEFAULT_REGION"]) {
    const region = environment[namedBy] ?? "";
    if (region !== "") return { region, namedBy };
  }
  return null;
}
