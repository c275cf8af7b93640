import type { Exchange } from "./exchange.ts";
import type { Identity } from "./identity.ts";

/**
 * A profile of the config, resolved: what proves the identity, and what the proof is redeemed at. Nothing is
 * opened until it is needed, so that a cached call loads neither signers nor exchanges.
 */
export interface ProfilePath {
  readonly name: string;
  /**
   * A digest of everything that shapes the credentials, behind one of the identity that proves them: two profiles of one
   * shape share what is cached, and a logout finds all that one identity got.
   */
  readonly cacheKey: string;
  /**
   * What is redeemed: an identity's assertion or, for role chaining and bridges, another profile's credentials. `hasSignedIn`: the person
   * has just done so for this, and is not asked again.
   */
  readonly source:
    | { readonly kind: "identity"; readonly name: string; readonly open: (hasSignedIn: boolean) => Promise<Identity> }
    | { readonly kind: "via"; readonly profile: ProfilePath };
  /** Whether the exchange can take what the profile says, which a cached call need not ask. @throws {Fault} if not. */
  readonly check: () => Promise<void>;
  readonly openExchange: () => Promise<Exchange>;
}
