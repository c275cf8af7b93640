import { Fault } from "../../core/fault.ts";
import { type EpochSeconds, formatUtc } from "../../core/time.ts";
import type { Unit } from "../store/unit.ts";
import { loadKeySet } from "./key-set.ts";
import { rotateKeys } from "./rotate.ts";

/**
 * Collects a rotation that an administrator wants before it is due. The keys are read from the database and not from what this
 * instance signs with, which follows within seconds.
 *
 * @returns when the successors begin to sign.
 * @throws {Fault} `ROTATION_PENDING` while the successors of an earlier one wait.
 */
export async function rotateByHand(unit: Unit, wish: Parameters<typeof rotateKeys>[2]): Promise<EpochSeconds> {
  const { seal, now } = wish;
  const keys = await loadKeySet(unit, seal, now);
  const waiting = keys.keys.find(({ signsFrom }) => signsFrom > now);
  if (waiting === undefined) return rotateKeys(unit, keys, wish);
  throw new Fault("ROTATION_PENDING", `the key ${waiting.kid} signs from ${formatUtc(waiting.signsFrom)} on already`, {
    hints: ["a key that cannot be trusted is revoked at once: `brevet admin signing-keys revoke KID`"],
  });
}
