import type { Exchange } from "../../core/exchange.ts";
import { Fault } from "../../core/fault.ts";
import type { SignatureAlgorithm } from "../../core/signer.ts";
import type { Clock } from "../../core/time.ts";

/** For whom the token is. */
export interface DirectOptions {
  readonly audience: string;
  /** What the audience verifies, best first. */
  readonly algorithms: readonly SignatureAlgorithm[];
}

/** No exchange at all: the identity's own token is what the audience takes (`brevet token`). */
export function directExchange(options: DirectOptions, clock: Clock): Exchange {
  return {
    request: () => ({ audience: options.audience, form: "jwt", algorithms: options.algorithms }),
    async redeem(proof) {
      if (proof.kind !== "assertion") {
        throw new Fault("CREDENTIALS_UNSUPPORTED", `${proof.credentials.kind} credentials are no token for ${options.audience}`);
      }
      const { value, audience, expiresAt } = proof.assertion;
      return { kind: "bearer", token: await value, audience, issuedAt: clock.now(), expiresAt };
    },
  };
}
