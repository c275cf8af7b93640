import { type OwnCookie, ownCookie } from "../http/cookies.ts";
import { endWebSession } from "../people/web-session.ts";
import type { Unit } from "../store/unit.ts";

/** The cookie of a session of these pages. */
export function pageCookie(issuer: string): OwnCookie {
  return ownCookie(issuer, "page");
}

/** Collects the end of the session that a browser with such cookies has: the provider is handed this, and knows no people. */
export function endPageSession(unit: Unit, issuer: string, cookies: ReadonlyMap<string, string>): void {
  const secret = cookies.get(pageCookie(issuer).name);
  if (secret !== undefined) endWebSession(unit, secret);
}
