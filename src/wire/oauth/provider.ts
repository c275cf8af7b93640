import { isLoopback } from "../../core/loopback.ts";

/**
 * Parameters that tie an answer to its authorization request, or replace the whole request: setting one from outside would untie
 * it.
 *
 * @see OpenID Connect Core 1.0 §3.1.2.1, §6; RFC 7636 §4.3
 */
export const OWN_PARAMETERS: ReadonlySet<string> = new Set([
  "client_id",
  "redirect_uri",
  "response_type",
  "response_mode",
  "scope",
  "state",
  "nonce",
  "code_challenge",
  "code_challenge_method",
  "request",
  "request_uri",
]);

/**
 * Whether a text can be the issuer URL of an OpenID provider: https, or http to this machine, without a query, a fragment or a
 * password. A port is allowed, because AWS's rules are not every cloud's.
 */
export function isProviderUrl(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || (url.protocol !== "https:" && !(url.protocol === "http:" && isLoopback(url.hostname)))) return false;
  return url.search === "" && url.hash === "" && url.username === "" && url.password === "";
}
