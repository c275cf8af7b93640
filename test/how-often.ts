import type { TestContext } from "node:test";

/** A test that finds more the more often it does something. */
export interface Repetition {
  /** What is counted, for the report: `processes`. */
  readonly what: string;
  /** Enough to find what is broken, in seconds. */
  readonly few: number;
  /** Enough to find what goes wrong once in a long while. */
  readonly all: number;
}

/** `all` where every ring is required, `few` elsewhere; the report says which. */
export function howOften(context: TestContext, { what, few, all }: Repetition): number {
  const required = process.env["BREVET_RINGS"] === "required";
  const count = required ? all : few;
  context.diagnostic(required ? `${count} ${what}` : `${count} ${what}; ${all} with BREVET_RINGS=required`);
  return count;
}
