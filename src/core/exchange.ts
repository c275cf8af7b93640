import type { Credentials } from "./credentials.ts";
import { Fault } from "./fault.ts";
import type { Assertion, AssertionRequest } from "./identity.ts";
import type { PendingSecret } from "./secret.ts";

/** What is redeemed: an identity's assertion, or another profile's credentials (`via`: role chaining, bridges). */
export type Proof =
  | { readonly kind: "assertion"; readonly assertion: Assertion }
  | { readonly kind: "credentials"; readonly credentials: Credentials };

/**
 * The token of a proof, for what redeems tokens alone: an assertion, or the bearer token of a profile in `via`.
 *
 * @param wanted what other credentials are not, for the message: `token for vault.example.com`.
 * @throws {Fault} `CREDENTIALS_UNSUPPORTED`
 */
export function tokenOf(proof: Proof, wanted: string, hints: readonly string[] = []): PendingSecret {
  if (proof.kind === "assertion") return proof.assertion;
  if (proof.credentials.kind === "bearer") return { value: Promise.resolve(proof.credentials.token) };
  throw new Fault("CREDENTIALS_UNSUPPORTED", `${proof.credentials.kind} credentials are no ${wanted}`, { hints });
}

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
