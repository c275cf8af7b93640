/** The flags of a setup whose role trusts a SAML provider, in place of the issuer of ID tokens. */
export const samlFlags = {
  saml: {
    kind: "switch",
    doc: "with --role: the role trusts a SAML provider, whose assertions the OpenID provider gives for a token (RFC 8693)",
  },
  "saml-audience": {
    kind: "text",
    value: "AUD",
    doc: "with --role: the same, by AWS's client of that name at the provider; default: urn:amazon:webservices",
  },
} as const;

/** What the profile says of SAML; null: it is served by ID tokens. */
export function samlOf(flags: {
  readonly saml: boolean;
  readonly "saml-audience": string | undefined;
}): { readonly audience?: string } | null {
  const { saml, "saml-audience": audience } = flags;
  if (audience !== undefined) return { audience };
  return saml ? {} : null;
}
