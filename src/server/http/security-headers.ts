/** What every answer says to a browser, unless the route says otherwise. */
const ALWAYS: Readonly<Record<string, string>> = {
  // No script, no frame, no form to elsewhere; our own style sheets and scripts come from files of ours.
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "permissions-policy": "publickey-credentials-get=(self), publickey-credentials-create=(self)",
};

/** The security headers of a server at that URL. */
export function securityHeaders(issuer: string): Readonly<Record<string, string>> {
  if (!issuer.startsWith("https:")) return ALWAYS;
  return { ...ALWAYS, "strict-transport-security": "max-age=31536000; includeSubDomains" };
}
