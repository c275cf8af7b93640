/** Claims by which people know themselves, best first. OpenID Connect Core 1.0 §5.1. */
const NAMES = ["email", "preferred_username", "upn", "name", "sub"] as const;

/** What a person is called on a page and in `status`; every provider gives at least `sub`. */
export function nameOfPerson(claims: Readonly<Record<string, unknown>>): string {
  for (const name of NAMES) {
    const value = claims[name];
    if (typeof value === "string" && value !== "") return value.slice(0, 200);
  }
  return "";
}
