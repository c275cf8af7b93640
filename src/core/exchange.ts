import type { Credentials } from "./credentials.ts";
import type { Assertion, AssertionRequest } from "./identity.ts";

/** What is redeemed: an identity's assertion, or another profile's credentials (`via`: role chaining, bridges). */
export type Proof =
  | { readonly kind: "assertion"; readonly assertion: Assertion }
  | { readonly kind: "credentials"; readonly credentials: Credentials };

/** The Exchange port: asks for the assertion that it needs, and redeems it for credentials. */
export interface Exchange {
  /** The assertion that {@link redeem} will need; pure. Not called for a profile with `via`. */
  request(): AssertionRequest;
  /**
   * Credentials for the proof.
   *
   * @throws {Fault} `EXCHANGE_REFUSED` with the cloud's own code in `details.cloudCode`; `CLOCK_SKEWED` with
   * `details.offsetSeconds` (the cloud's clock minus ours) when the assertion's times were refused; `EXCHANGE_UNAVAILABLE`,
   * `NETWORK_UNREACHABLE`, `NETWORK_TIMEOUT`, `RESPONSE_INVALID`; and the fault of a signer that was still at work on the assertion.
   */
  redeem(proof: Proof): Promise<Credentials>;
}
