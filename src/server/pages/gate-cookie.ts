import { ownCookie } from "../http/cookies.ts";

/** What a browser carries through the sign-in provider: who it is, and the invitation that it brought. */
export interface GatePass {
  readonly browser: string;
  /** The secret of an invitation; null: none was brought. */
  readonly invite: string | null;
}

/** The cookie of it. */
export interface GateCookie {
  /** Null for none, or one that this server did not make. */
  read(cookies: ReadonlyMap<string, string>): GatePass | null;
  /** A whole `Set-Cookie` value. */
  write(pass: GatePass): string;
}

/** Long enough to come back and register a key. */
const COOKIE_SECONDS = 1800;

/** So that no other host has somebody enrol as somebody else. */
export function gateCookie(issuer: string): GateCookie {
  const cookie = ownCookie(issuer, "gate", { seconds: COOKIE_SECONDS });
  return {
    read(cookies) {
      const [, browser, invite] = /^([\w-]{43})\.([\w-]*)$/.exec(cookies.get(cookie.name) ?? "") ?? [];
      return browser === undefined ? null : { browser, invite: invite === undefined || invite === "" ? null : invite };
    },
    write: ({ browser, invite }) => cookie.set(`${browser}.${invite ?? ""}`),
  };
}
