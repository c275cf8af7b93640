/**
 * Would a verifier accept this token? The answer of every engine in `src/trust`, whatever the cloud.
 *
 * `unknown` is never rounded to one side: a policy may use an operator or a key that this version does not know.
 */
export type Verdict =
  | { readonly outcome: "allowed"; readonly because: Finding }
  | { readonly outcome: "refused"; readonly because: readonly Finding[] }
  | { readonly outcome: "unknown"; readonly because: readonly Finding[] };

/** One thing that decided, or that could not be decided. */
export interface Finding {
  /** Where in the policy: `Statement[0] (AllowLaptop) Condition.StringEquals.issuer.example:sub`. */
  readonly at: string;
  /** What was asked for there, as the policy writes it. */
  readonly wanted: readonly string[];
  /** What the engine saw; null when the value is absent. */
  readonly saw: readonly string[] | null;
  /** One sentence: what this means, and for a refusal what would mend it. */
  readonly meaning: string;
  /** Where the verifier's rule is written down. */
  readonly source: string;
}

/** The source of a finding that is a fault of this program's own. */
export const FAULTS = "docs/reference/faults.md";
