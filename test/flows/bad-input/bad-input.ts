import type { BadProvider } from "../../providers/bad-provider.ts";
import type { SamlWorld } from "./saml-world.ts";

/** One thing that a provider, or somebody in its place, does wrong, and a way to try it. */
export interface BadInput {
  readonly title: string;
  attempt(worlds: Worlds): Promise<Attempt>;
}

/** What a case is tried in; each module makes its own. */
export interface Worlds {
  readonly provider: BadProvider;
  readonly saml: SamlWorld;
}

/** What came of a case. */
export interface Attempt {
  /** What was raised; null: nothing was. */
  readonly raised: unknown;
  /** What is kept on the machine afterwards, and what has to be. */
  readonly kept: unknown;
  readonly mustBeKept: unknown;
}

/** @returns what a promise is rejected with; null when it is not. */
export function raisedBy(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => null,
    (cause: unknown) => cause,
  );
}
