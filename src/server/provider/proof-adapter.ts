import { hash } from "node:crypto";
import type { Adapter } from "oidc-provider";
import { Fault } from "../../core/fault.ts";
import type { EpochSeconds } from "../../core/time.ts";
import { rowInsert } from "../store/unit.ts";
import { currentUnit } from "./artifacts.ts";

const INSERT_PROOF = rowInsert("proof", ["handle", "expires_at"]);

/** For a proof of which the provider does not say how long it is good. */
const LONGEST_SECONDS = 3600;

/**
 * Where the provider notes proofs that count once: DPoP proofs and client assertions. It asks first whether one was seen; here it
 * is always told no, and the note is a claim: whoever commits it second loses, at once or an hour later, on whatever instance.
 */
export function proofAdapter(now: () => EpochSeconds): Adapter {
  const never = async (): Promise<undefined> => undefined;
  return {
    find: never,
    findByUid: never,
    findByUserCode: never,
    async upsert(id, _payload, expiresIn) {
      const handle = hash("sha256", id, "base64url");
      currentUnit().claimRow(
        INSERT_PROOF,
        [handle, now() + (expiresIn ?? LONGEST_SECONDS)],
        () => new Fault("ALREADY_USED", "the proof was used before", { details: { kind: "ReplayDetection", handle } }),
      );
    },
    consume: never,
    destroy: never,
    revokeByGrantId: never,
  };
}
