import { Fault } from "../core/fault.ts";
import type { FaultCode } from "../core/fault-codes.ts";
import type { Progress } from "../core/terminal.ts";

/** How a check ended. `warn`: it works, and something should be done; `unknown`: it could not be found out. */
export type CheckOutcome = "good" | "bad" | "warn" | "unknown";

/** What a check found; `text` is one line, and `hint` is what to do about it. */
export interface CheckResult {
  readonly outcome: CheckOutcome;
  readonly text: string;
  readonly hint?: string;
  /** Where a fault is the reason. */
  readonly code?: FaultCode;
}

/** One thing that is tried for real, by `status --check`, `doctor` and `serve --check`. */
export interface Check {
  /** What is checked, as the table shows it: a profile, an issuer, the clock. */
  readonly name: string;
  /** @throws {Fault} which counts as `bad`, with its message, its code and its first hint. */
  run(): Promise<CheckResult>;
}

/** A check that was run. */
export interface CheckReport extends CheckResult {
  readonly name: string;
}

/**
 * Runs checks one after the other: two that need the same sign-in must not ask for it twice, and a person reads along. One that
 * fails stops none of the others. An error that is not a Fault is a defect, and is raised.
 *
 * @param progress is told of each check before it runs.
 */
export async function runChecks(
  checks: readonly Check[],
  progress: (text: string) => Promise<Progress>,
): Promise<readonly CheckReport[]> {
  const [first] = checks;
  if (first === undefined) return [];
  const reports: CheckReport[] = [];
  // Ends in the same words as it began: a log would otherwise get a second line for what the report says in full.
  const all = checks.length === 1 ? `checking ${first.name}` : `${checks.length} checks`;
  const shown = await progress(all);
  try {
    for (const check of checks) {
      shown.update(`checking ${check.name}`);
      reports.push({ name: check.name, ...(await resultOf(check)) });
    }
  } catch (cause) {
    shown.failed(all);
    throw cause;
  }
  if (allWell(reports)) shown.done(all);
  else shown.failed(all);
  return reports;
}

/** Whether a program that asked for the checks should end well: what is unknown is no reason to fail. */
export function allWell(reports: readonly CheckReport[]): boolean {
  return reports.every(({ outcome }) => outcome !== "bad");
}

async function resultOf(check: Check): Promise<CheckResult> {
  try {
    return await check.run();
  } catch (cause) {
    if (!(cause instanceof Fault)) throw cause;
    const [hint] = cause.hints;
    return { outcome: "bad", text: cause.message, code: cause.code, ...(hint === undefined ? {} : { hint }) };
  }
}
