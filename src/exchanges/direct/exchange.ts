import type { BearerCredentials } from "../../core/credentials.ts";
import type { Exchange } from "../../core/exchange.ts";
import { Fault } from "../../core/fault.ts";
import type { Assertion } from "../../core/identity.ts";
import type { SignatureAlgorithm } from "../../core/signer.ts";
import type { Clock } from "../../core/time.ts";

/** The audience of the token. */
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
      return presented(proof.assertion, clock);
    },
  };
}

/**
 * Asks for the proof that another exchange would redeem, and hands out the proof itself: for tools that make the exchange by
 * themselves.
 */
export function presentingExchange(inner: Exchange, clock: Clock): Exchange {
  return {
    request: () => inner.request(),
    async redeem(proof) {
      if (proof.kind === "assertion") return presented(proof.assertion, clock);
      if (proof.credentials.kind === "bearer") return proof.credentials;
      throw new Fault("CREDENTIALS_UNSUPPORTED", `${proof.credentials.kind} credentials are no token that a tool could exchange`);
    },
  };
}

async function presented({ value, audience, expiresAt }: Assertion, clock: Clock): Promise<BearerCredentials> {
  return { kind: "bearer", token: await value, audience, issuedAt: clock.now(), expiresAt };
}
