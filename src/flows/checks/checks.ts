import { Fault } from "../../core/fault.ts";
import type { FaultCode } from "../../core/fault-codes.ts";
import { isLoopback } from "../../core/loopback.ts";
import type { Progress } from "../../core/terminal.ts";

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
  /** It asks hosts: that none of them can be reached is told once, and not by each of these. */
  readonly asksHosts?: true;
  /** @throws {Fault} which counts as `bad`, with its message, its code and its first hint. */
  run(): Promise<CheckResult>;
}

/** A check that was run. */
export interface CheckReport extends CheckResult {
  readonly name: string;
}

/**
 * Runs checks one after the other: two that need the same sign-in must not ask for it twice, and a person reads along. One that
 * fails stops none of the others. When no host can be reached, the first report says so and no more hosts are asked. An error that
 * is not a Fault is a defect, and is raised.
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
  const hosts = seenHosts();
  // Ends in the same words as it began: a log would otherwise get a second line for what the report says in full.
  const all = checks.length === 1 ? `checking ${first.name}` : `${checks.length} checks`;
  const shown = await progress(all);
  try {
    for (const check of checks) {
      shown.update(`checking ${check.name}`);
      const isVain = check.asksHosts && hosts.areSilent();
      reports.push({ name: check.name, ...(isVain ? NOT_LOOKED_AT : await resultOf(check, hosts)) });
    }
  } catch (cause) {
    shown.failed(all);
    throw cause;
  }
  if (allWell(reports)) shown.done(all);
  else shown.failed(all);
  if (!hosts.areSilent()) return reports;
  return [
    hosts.report(),
    ...reports.map((report, at) => (checks[at]?.asksHosts ? { name: report.name, ...NOT_LOOKED_AT } : report)),
  ];
}

/** Whether a program that asked for the checks should end well: what is unknown is no reason to fail. */
export function allWell(reports: readonly CheckReport[]): boolean {
  return reports.every(({ outcome }) => outcome !== "bad");
}

async function resultOf(check: Check, hosts: SeenHosts): Promise<CheckResult> {
  try {
    const result = await check.run();
    if (check.asksHosts && result.outcome !== "unknown") hosts.answered();
    return result;
  } catch (cause) {
    if (!(cause instanceof Fault)) throw cause;
    if (check.asksHosts) hosts.failed(cause);
    const [hint] = cause.hints;
    return { outcome: "bad", text: cause.message, code: cause.code, ...(hint === undefined ? {} : { hint }) };
  }
}

const NOT_LOOKED_AT: CheckResult = { outcome: "unknown", text: "not looked at: no host can be reached" };

/** What was seen of the hosts that checks asked. */
interface SeenHosts {
  answered(): void;
  failed(fault: Fault): void;
  /** Whether several were asked and none could be reached: then it is not about any of them. */
  areSilent(): boolean;
  report(): CheckReport;
}

function seenHosts(): SeenHosts {
  const silent = new Map<string, Fault>();
  let isHeard = false;
  return {
    answered() {
      isHeard = true;
    },
    failed(fault) {
      const { host } = fault.details;
      if (fault.code !== "NETWORK_UNREACHABLE" && fault.code !== "NETWORK_TIMEOUT") isHeard = true;
      // What listens on this machine says nothing of the network.
      else if (typeof host === "string" && !isLoopback(host.replace(/:\d+$/, ""))) silent.set(host, fault);
    },
    areSilent: () => !isHeard && silent.size > 1,
    report: () => ({
      name: "network",
      outcome: "bad",
      text: [...silent.values()].map(({ message }) => message).join("; "),
      code: "NETWORK_UNREACHABLE",
      hint: "look whether this machine is online, and whether its network wants a proxy: see HTTPS_PROXY in `env`",
    }),
  };
}
