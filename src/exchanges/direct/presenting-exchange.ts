import type { Exchange } from "../../core/exchange.ts";
import { Fault } from "../../core/fault.ts";
import type { Clock } from "../../core/time.ts";

/**
 * Asks for the proof that another exchange would redeem, and hands out the proof itself: for tools that make the exchange by
 * themselves.
 */
export function presentingExchange(inner: Exchange, clock: Clock): Exchange {
  return {
    request: () => inner.request(),
    async redeem(proof) {
      if (proof.kind === "assertion") {
        const { value, audience, expiresAt } = proof.assertion;
        return { kind: "bearer", token: await value, audience, issuedAt: clock.now(), expiresAt };
      }
      if (proof.credentials.kind === "bearer") return proof.credentials;
      throw new Fault("CREDENTIALS_UNSUPPORTED", `${proof.credentials.kind} credentials are no token that a tool could exchange`);
    },
  };
}
