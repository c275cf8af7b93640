import { Secret } from "../../core/secret.ts";

/**
 * A token in an endpoint's answer, of the characters that one may have: pasted into a header or a terminal, it must give no
 * second header and no escape sequence. The grammar allows blanks too, which no bearer token can have.
 *
 * @param name what it is, shown in place of the secret.
 * @returns null for anything else.
 * @see RFC 6749 App. A.12; RFC 6750 §2.1
 */
export function issuedToken(name: string, value: unknown): Secret<string> | null {
  return typeof value === "string" && /^[\x21-\x7e]+$/.test(value) ? new Secret(name, value) : null;
}

/** The seconds of `expires_in`, which some endpoints send as text; null for anything but a whole number above 0. */
export function statedLife(value: unknown): number | null {
  const seconds = typeof value === "string" && /^\d{1,15}$/.test(value) ? Number(value) : value;
  return typeof seconds === "number" && Number.isSafeInteger(seconds) && seconds > 0 ? seconds : null;
}
