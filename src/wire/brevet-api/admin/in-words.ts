import type { EpochSeconds } from "../../../core/time.ts";

/* Members of answers as people read them, in tables of the terminal and on pages. What programs read keeps its form. */

/** `2026-03-04 12:30:05`, in UTC. */
export function second(at: EpochSeconds): string {
  return new Date(at * 1000).toISOString().slice(0, 19).replace("T", " ");
}

/** A member as people read it: instants, which the name gives away, as tables have them; lists with blanks between. */
export function memberInWords(name: string, value: unknown): string {
  // OpenID Connect Dynamic Client Registration 1.0 §3.2: a secret that expires at 0 never does.
  if (name === "client_secret_expires_at" && value === 0) return "never";
  if (typeof value === "number" && /(?:At|From|_at)$/.test(name)) return second(value);
  if (Array.isArray(value) && value.every((item) => typeof item === "string")) return value.join(" ");
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** What an event of the audit log says besides who and when; members without a value are left out. @param person who `details.person` is. */
export function detailsInWords(
  details: Readonly<Record<string, unknown>>,
  person: { readonly email: string | null } | null = null,
): string {
  return Object.entries({ ...details, ...(person?.email ? { person: person.email } : {}) })
    .filter(([, value]) => value !== null && value !== "" && !(Array.isArray(value) && value.length === 0))
    .map(([name, value]) => `${name}: ${memberInWords(name, value)}`)
    .join("; ");
}
