import { Fault } from "../core/fault.ts";
import type { Publisher } from "../core/publisher.ts";
import type { PublicKey } from "../core/signer.ts";
import { judgeGivenKeys } from "../trust/issuer/judge-given-keys.ts";
import { FAULTS, type Verdict } from "../trust/verdict.ts";
import { JWKS_PATH } from "../wire/issuer-documents/discovery.ts";

/** A place with keys that verifiers were given, in the words of `--to`. */
export interface GivenPlace {
  readonly place: string;
  readonly open: () => Promise<Publisher>;
}

/** What its verifier makes of the keys that are at a place. */
export interface GivenVerdict {
  readonly place: string;
  /** `unknown`: the place could not be read from here, which says nothing about the keys. */
  readonly verdict: Verdict;
}

/** Reads the keys at a place, where an issuer that nobody serves has them, and judges them by this device's. Remembers nothing. */
export async function verifyGivenKeys({ place, open }: GivenPlace, ours: readonly PublicKey[]): Promise<GivenVerdict> {
  try {
    const document = await (await open()).read(JWKS_PATH);
    if (document !== null) return { place, verdict: judgeGivenKeys({ place, jwks: document.body }, ours) };
    const finding = { at: place, wanted: ours.map(({ kid }) => kid), saw: null, meaning: "there are no keys", source: FAULTS };
    return { place, verdict: { outcome: "refused", because: [finding] } };
  } catch (cause) {
    if (!(cause instanceof Fault)) throw cause;
    const meaning = `the keys there could not be read: ${cause.message}`;
    return { place, verdict: { outcome: "unknown", because: [{ at: place, wanted: [], saw: null, meaning, source: FAULTS }] } };
  }
}
