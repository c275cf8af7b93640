import type { Credentials } from "./credentials.ts";
import { Fault } from "./fault.ts";
import type { Assertion, AssertionRequest } from "./identity.ts";
import { posixWord } from "./posix-word.ts";
import type { PendingSecret } from "./secret.ts";

/** What is redeemed: an identity's assertion, or the credentials of another profile, that in `via` (role chaining, bridges). */
export type Proof =
  | AssertionProof
  | { readonly kind: "credentials"; readonly credentials: Credentials; readonly profile: string };

/** An assertion, and the name of the identity that it is of. */
export interface AssertionProof {
  readonly kind: "assertion";
  readonly assertion: Assertion;
  readonly identity: string;
}

/** A token that is redeemed. */
export interface ProofToken extends PendingSecret {
  /** The command that prints one like it, for a person who looks into a refusal; absent where there is none. */
  readonly printedBy?: string;
}

/**
 * The token of a proof, for what redeems tokens alone: an assertion, or the bearer token of a profile in `via`.
 *
 * @param wanted what other credentials are not, for the message: `token for vault.example.com`.
 * @throws {Fault} `CREDENTIALS_UNSUPPORTED`
 */
export function tokenOf(proof: Proof, wanted: string, hints: readonly string[] = []): ProofToken {
  if (proof.kind === "assertion") return tokenOfAssertion(proof);
  if (proof.credentials.kind === "bearer") {
    return { value: Promise.resolve(proof.credentials.token), printedBy: `brevet token --profile ${posixWord(proof.profile)}` };
  }
  throw new Fault("CREDENTIALS_UNSUPPORTED", `${proof.credentials.kind} credentials are no ${wanted}`, { hints });
}

/** An identity's assertion as the token that is redeemed. */
export function tokenOfAssertion({ assertion, identity }: AssertionProof): ProofToken {
  const printedBy = `brevet token --identity ${posixWord(identity)} --audience ${posixWord(assertion.audience)}`;
  return { ...assertion, printedBy };
}

/** The Exchange port: asks for the assertion that it needs, and redeems it for credentials. */
export interface Exchange {
  /** The assertion that {@link redeem} will need; pure. Not called for a profile with `via`. */
  request(): AssertionRequest;
  /**
   * Credentials for the proof.
   *
   * @throws {Fault} `EXCHANGE_REFUSED` with the cloud's own code in `details.cloudCode`; `CLOCK_SKEWED` with
   * `details.offsetSeconds` (the cloud's clock minus ours, by which ours is corrected from then on) when the assertion's times were
   * refused by a cloud whose clock is trusted; `EXCHANGE_UNAVAILABLE`, `NETWORK_UNREACHABLE`, `NETWORK_TIMEOUT`, `RESPONSE_INVALID`; and
   * the fault of a signer that was still at work on the assertion.
   */
  redeem(proof: Proof): Promise<Credentials>;
}
