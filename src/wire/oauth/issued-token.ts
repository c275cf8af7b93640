import { Secret } from "../../core/secret.ts";

/**
 * A token in an endpoint's answer, of the characters that one may have: whoever pastes it into a header or a terminal must get no other
 * header and no escape of it. The blank, which the grammar knows too, is in no token that can be sent as a bearer's.
 *
 * @param name what it is, for who renders the secret.
 * @returns null for what is none.
 * @see RFC 6749 App. A.12; RFC 6750 §2.1
 */
export function issuedToken(name: string, value: unknown): Secret<string> | null {
  return typeof value === "string" && /^[\x21-\x7e]+$/.test(value) ? new Secret(name, value) : null;
}
