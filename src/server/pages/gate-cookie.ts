/** What a browser carries through the sign-in provider: who it is, and the invitation that it brought. */
export interface GatePass {
  readonly browser: string;
  /** The secret of an invitation; null: none was brought. */
  readonly invite: string | null;
}

/** The cookie of it. */
export interface GateCookie {
  /** Null for none, or one that is not of ours. */
  read(cookies: ReadonlyMap<string, string>): GatePass | null;
  /** A whole `Set-Cookie` value. */
  write(pass: GatePass): string;
}

/** Long enough to come back and register a key. */
const COOKIE_SECONDS = 1800;

/** `__Host-`: no other host can set it, and so have somebody enrol as somebody else. A trial on localhost has no TLS. */
export function gateCookie(issuer: string): GateCookie {
  const secure = issuer.startsWith("https:");
  const name = `${secure ? "__Host-" : ""}brevet_gate`;
  return {
    read(cookies) {
      const [, browser, invite] = /^([\w-]{43})\.([\w-]*)$/.exec(cookies.get(name) ?? "") ?? [];
      return browser === undefined ? null : { browser, invite: invite === undefined || invite === "" ? null : invite };
    },
    // Lax: the provider sends the browser back from another site.
    write: ({ browser, invite }) =>
      `${name}=${browser}.${invite ?? ""}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${COOKIE_SECONDS}${secure ? "; Secure" : ""}`,
  };
}
