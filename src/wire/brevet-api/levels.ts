/**
 * How a person has signed in, weakest first: the `acr` of tokens, what rules ask for, and what the pages say.
 *
 * - `recovery`: a one-time code, or what two administrators let in: enough to register a new key, not to work.
 * - `passkey`: a passkey that may be synced between devices.
 * - `device-bound`: a passkey that says that it stays on one device; nothing proves it.
 * - `attested`: a key whose maker was verified to the organisation's roots and is on its list.
 */
export const LEVELS = ["recovery", "passkey", "device-bound", "attested"] as const;

export type Level = (typeof LEVELS)[number];

const ACR_PREFIX = "urn:brevet:level:";

/** The `acr` value of a level. @see OpenID Connect Core 1.0 §2 */
export function acrOf(level: Level): string {
  return `${ACR_PREFIX}${level}`;
}

/**
 * The `amr` values of a level: a key was proved to be there and its person was verified by it. Only where the maker was verified is
 * it said that the key is in hardware.
 *
 * @see RFC 8176 §2
 */
export function amrOf(level: Level): readonly string[] {
  return [level === "attested" ? "hwk" : "pop", "user", "mfa"];
}

/** The level of an `acr` value; null for any other. */
export function levelOf(acr: string | undefined): Level | null {
  return LEVELS.find((level) => acrOf(level) === acr) ?? null;
}

/** Whether a sign-in of `level` is at least as strong as `wanted`. */
export function meetsLevel(level: Level | null, wanted: Level): boolean {
  return level !== null && LEVELS.indexOf(level) >= LEVELS.indexOf(wanted);
}
