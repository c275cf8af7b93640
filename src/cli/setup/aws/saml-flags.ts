import type { FlagTable } from "../../command.ts";

/** The flags of a setup whose role trusts a SAML provider instead of an issuer of ID tokens. */
export const samlFlags = {
  saml: {
    kind: "switch",
    doc: "the role trusts a SAML provider, whose assertions the OpenID provider gives for a token (RFC 8693)",
  },
  "saml-audience": {
    kind: "text",
    value: "AUDIENCE",
    doc: "the same, with this ID of AWS's client at the provider; default urn:amazon:webservices",
  },
} as const satisfies FlagTable;

/** What the profile says of SAML; null: it is served by ID tokens. */
export function samlOf(flags: {
  readonly saml: boolean;
  readonly "saml-audience": string | undefined;
}): { readonly audience?: string } | null {
  const { saml, "saml-audience": audience } = flags;
  if (audience !== undefined) return { audience };
  return saml ? {} : null;
}
