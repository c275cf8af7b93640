import { Fault } from "../../core/fault.ts";
import type { EpochSeconds } from "../../core/time.ts";
import type { Author } from "../audit/event.ts";
import type { Unit } from "../store/unit.ts";
import { addKey, claimKeySet, type KeySet } from "./key-set.ts";
import type { Seal } from "./seal.ts";

/** When keys are replaced. */
export interface RotationPolicy {
  /** The age at which a key gets a successor. */
  readonly everySeconds: number;
  /** How long a key is published before it signs: longer than any verifier keeps a JWK set. AWS does not tell how long it does. */
  readonly aheadSeconds: number;
}

export const ROTATION: RotationPolicy = { everySeconds: 90 * 86_400, aheadSeconds: 24 * 3600 };

/**
 * Collects a successor for every signing key: published now, signing in `aheadSeconds`, when the present one stops and stays
 * published until its last token has ended.
 *
 * @returns when the successors begin to sign.
 */
export async function rotateKeys(
  unit: Unit,
  keys: KeySet,
  {
    seal,
    now,
    aheadSeconds,
    by,
  }: { readonly seal: Seal; readonly now: EpochSeconds; readonly aheadSeconds: number; readonly by: Author },
): Promise<EpochSeconds> {
  const signsFrom = now + aheadSeconds;
  claimKeySet(unit, keys.version);
  for (const key of keys.keys) {
    if (key.retiredAt !== null) continue;
    unit.write("UPDATE signing_key SET retired_at = ? WHERE kid = ? AND retired_at IS NULL", [signsFrom, key.kid]);
    unit.record({ name: "key.retired", ...by, details: { kid: key.kid, retiredAt: signsFrom } });
  }
  for (const algorithm of ["ES256", "RS256"] as const) await addKey(unit, seal, { algorithm, now, signsFrom, by });
  return signsFrom;
}

/**
 * Collects that a key is trusted no more: it leaves the published set at once. A verifier forgets it when its copy of the set is
 * old; nobody can have it forget sooner.
 *
 * @throws {Fault} `RECORD_ABSENT` for a key that is not published; `SUCCESSOR_ABSENT` for the only one of its algorithm that can sign.
 */
export function revokeKey(
  unit: Unit,
  keys: KeySet,
  { kid, now, by }: { readonly kid: string; readonly now: EpochSeconds; readonly by: Author },
): void {
  const key = keys.keys.find((each) => each.kid === kid);
  if (key === undefined)
    throw new Fault("RECORD_ABSENT", `no key ${kid} is published`, {
      hints: ["those that are: `brevet admin signing-keys list`"],
    });
  const others = keys.keys.filter(
    (each) => each.algorithm === key.algorithm && each.kid !== kid && (each.retiredAt ?? now + 1) > now,
  );
  const successor = others.find(({ signsFrom }) => signsFrom <= now) ?? others[0];
  if (successor === undefined) {
    throw new Fault("SUCCESSOR_ABSENT", `${kid} is the only ${key.algorithm} key: without it, nothing could be signed`, {
      hints: ["make its successor first: `brevet admin signing-keys rotate`; then revoking it has that one sign at once"],
    });
  }
  claimKeySet(unit, keys.version);
  unit.write("UPDATE signing_key SET revoked_at = ? WHERE kid = ?", [now, kid]);
  // A key that nobody may trust is worse than one that some verifiers have not seen yet.
  if (successor.signsFrom > now) unit.write("UPDATE signing_key SET signs_from = ? WHERE kid = ?", [now, successor.kid]);
  // The one that was to end when the revoked one began: without it, nothing would sign from then on.
  if (others.every(({ retiredAt }) => retiredAt !== null)) {
    unit.write("UPDATE signing_key SET retired_at = NULL WHERE kid = ?", [successor.kid]);
  }
  unit.record({ name: "key.revoked", ...by, details: { kid, successor: successor.kid } });
}

/** Whether the oldest key that has no successor is due for one. */
export function isRotationDue(keys: KeySet, policy: RotationPolicy, now: EpochSeconds): boolean {
  return keys.keys.some(({ retiredAt, signsFrom }) => retiredAt === null && signsFrom + policy.everySeconds <= now);
}
