import type { Verdict } from "./verdict.ts";

/** One thing that a verifier looks at, its judgement, and what would mend a refusal: for `explain`, whatever the cloud. */
export interface Explained {
  /** What is looked at: `the OIDC provider`, `sts:TagSession`. */
  readonly asks: string;
  readonly verdict: Verdict;
  /** Commands and lines of a policy, each to be typed or pasted as it is; empty where nothing is refused. */
  readonly mend: readonly string[];
}

/** Something that could not be looked at, and what would tell. */
export function notLookedAt(asks: string, meaning: string, mend: readonly string[], source: string): Explained {
  return { asks, verdict: { outcome: "unknown", because: [{ at: asks, wanted: [], saw: null, meaning, source }] }, mend };
}
