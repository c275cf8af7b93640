type Headers = Readonly<Record<string, string>>;

/** What every answer says to a browser, unless the route says otherwise. */
const ALWAYS: Headers = {
  // No frames, and nothing from other origins. Style sheets and scripts are files, never inline.
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "permissions-policy": "publickey-credentials-get=(self), publickey-credentials-create=(self)",
};

/** What a public document says: it is JSON for whoever asks, and has no links, no scripts and no opener. */
const DOCUMENT: Headers = {
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
};

/** The security headers of a server at that URL. */
export function securityHeaders(issuer: string): Headers {
  return withTransport(issuer, ALWAYS);
}

/** Those of its public documents. */
export function documentHeaders(issuer: string): Headers {
  return withTransport(issuer, DOCUMENT);
}

function withTransport(issuer: string, headers: Headers): Headers {
  if (!issuer.startsWith("https:")) return headers;
  return { ...headers, "strict-transport-security": "max-age=31536000; includeSubDomains" };
}
