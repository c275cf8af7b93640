/** A cookie that no other host can set. */
export interface OwnCookie {
  readonly name: string;
  /** @returns a whole `Set-Cookie` value. */
  set(value: string): string;
  /** @returns a whole `Set-Cookie` value. */
  clear(): string;
}

/**
 * `__Host-`: no other host can set it, and it is never sent in clear. A browser takes it over TLS alone: a trial on localhost has it
 * without the prefix.
 *
 * @param options.seconds how long it is kept; else until the browser is closed.
 * @see RFC 6265bis §4.1.3.2
 */
export function ownCookie(issuer: string, suffix: string, options: { readonly seconds?: number } = {}): OwnCookie {
  const secure = issuer.startsWith("https:");
  const name = `${secure ? "__Host-" : ""}brevet_${suffix}`;
  // With `Strict`, following a link in a mail would require another sign-in. Changes are also checked by their origin.
  const attributes = `Path=/; HttpOnly; SameSite=Lax${secure ? "; Secure" : ""}`;
  const age = options.seconds === undefined ? "" : `; Max-Age=${options.seconds}`;
  return {
    name,
    set: (value) => `${name}=${value}; ${attributes}${age}`,
    clear: () => `${name}=; ${attributes}; Max-Age=0`,
  };
}

/**
 * The cookies of a request's header; of a name that comes twice, the first, which is the one with the longer path.
 *
 * Names and values are not trimmed: any host may set a name of a no-break space and `__Host-…`, which trimming would make ours.
 *
 * @see RFC 6265 §4.2.1
 */
export function readCookies(header: string): ReadonlyMap<string, string> {
  const cookies = new Map<string, string>();
  for (const part of header.split(";")) {
    const pair = part.startsWith(" ") ? part.slice(1) : part;
    const at = pair.indexOf("=");
    if (at > 0 && !cookies.has(pair.slice(0, at))) cookies.set(pair.slice(0, at), pair.slice(at + 1));
  }
  return cookies;
}
