/** The party that asks for a passkey (WebAuthn Level 3 §4): the same for every ceremony of a server. */
export interface RelyingParty {
  /** The host of the issuer, fixed at the first start: a passkey is bound to it for ever. */
  readonly id: string;
  /** What the browser shows. */
  readonly name: string;
  /** The one origin whose pages may ask. */
  readonly origin: string;
}

/** The relying party that an issuer is. */
export function relyingPartyOf(issuer: string, organisation: string): RelyingParty {
  const { hostname, origin } = new URL(issuer);
  return { id: hostname, name: organisation, origin };
}
