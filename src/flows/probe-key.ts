import { Fault } from "../core/fault.ts";
import type { FaultCode } from "../core/fault-codes.ts";
import type { Notices } from "../core/notices.ts";
import type { Progress } from "../core/terminal.ts";
import { formatDuration } from "../core/time.ts";

/** One place where a key has to be taken: a profile's cloud. */
export interface Probe {
  readonly name: string;
  /** One real exchange, signed by the key in use or by the next one. @throws {Fault} when it is refused. */
  attempt(key: "current" | "next"): Promise<void>;
}

/** How long is tried, and what is enough. */
export interface ProbeRules {
  /** How many rounds in a row every probe has to succeed in. */
  readonly rounds: number;
  /** Between two rounds. */
  readonly pauseSeconds: number;
  readonly patienceSeconds: number;
}

export interface ProbePorts {
  readonly notices: Notices;
  readonly progress: (text: string) => Promise<Progress>;
  /** A clock that never goes back, and a pause. */
  readonly tempo: { elapsedMs(): number; pause(milliseconds: number): Promise<void> };
}

/** What a verifier answers while it has not seen the new key, or cannot be asked now. Anything else is no matter of time. */
const PASSING: ReadonlySet<FaultCode> = new Set<FaultCode>([
  "EXCHANGE_REFUSED",
  "EXCHANGE_UNAVAILABLE",
  "CLOCK_SKEWED",
  "NETWORK_UNREACHABLE",
  "NETWORK_TIMEOUT",
  "RESPONSE_INVALID",
  "ISSUER_MISMATCH",
]);

/**
 * Returns once every probe took the next key in as many rounds in a row as the rules ask for. A verifier's copy of the keys
 * cannot be seen, and it has many machines with a copy each: one success may be luck, so only a series counts.
 *
 * A probe that the present key fails too says nothing about the next one, and is left out if any other is left.
 *
 * @throws {Fault} `KEY_UNTRUSTED` when the patience ends; at once what is no matter of time (a signer that does not sign).
 */
export async function probeUntilTrusted(probes: readonly Probe[], rules: ProbeRules, ports: ProbePorts): Promise<void> {
  const telling = await telltales(probes, ports.notices);
  const { tempo } = ports;
  const started = tempo.elapsedMs();
  const shown = await ports.progress(`trying the new key at ${telling.map(({ name }) => name).join(", ")}`);
  let streak = 0;
  let refusal: Refused | null = null;
  for (;;) {
    const refused = await firstRefusal(telling);
    streak = refused === null ? streak + 1 : 0;
    refusal = refused ?? refusal;
    if (streak >= rules.rounds) {
      shown.done(`the new key is taken, ${streak} times in a row`);
      return;
    }
    const seconds = (tempo.elapsedMs() - started) / 1000;
    if (seconds > rules.patienceSeconds) {
      shown.failed("the new key is not taken yet");
      throw untrusted(refusal, rules);
    }
    shown.update(
      refused === null ? `the new key was taken ${streak} of ${rules.rounds} times` : `${refused.name} does not take it yet`,
    );
    await tempo.pause(rules.pauseSeconds * 1000);
  }
}

interface Refused {
  readonly name: string;
  readonly fault: Fault;
}

async function firstRefusal(probes: readonly Probe[]): Promise<Refused | null> {
  for (const probe of probes) {
    const fault = await refusalOf(probe, "next");
    if (fault !== null) return { name: probe.name, fault };
  }
  return null;
}

/** The probes that the present key passes; all of them if it passes none. */
async function telltales(probes: readonly Probe[], notices: Notices): Promise<readonly Probe[]> {
  const passed: Probe[] = [];
  const failed: string[] = [];
  for (const probe of probes) {
    const fault = await baselineFault(probe);
    if (fault === null) passed.push(probe);
    else failed.push(`${probe.name}: the key in use does not work there either (${fault.message})`);
  }
  if (passed.length > 0) for (const line of failed) notices.warn(`not tried at ${line}`);
  return passed.length > 0 ? passed : probes;
}

/** Whatever is wrong with the present key, a rotation may be what mends it. */
async function baselineFault(probe: Probe): Promise<Fault | null> {
  try {
    await probe.attempt("current");
    return null;
  } catch (cause) {
    if (cause instanceof Fault) return cause;
    throw cause;
  }
}

async function refusalOf(probe: Probe, key: "current" | "next"): Promise<Fault | null> {
  try {
    await probe.attempt(key);
    return null;
  } catch (cause) {
    if (cause instanceof Fault && PASSING.has(cause.code)) return cause;
    throw cause;
  }
}

function untrusted(refusal: Refused | null, { patienceSeconds }: ProbeRules): Fault {
  const last = refusal === null ? "" : `; ${refusal.name}: ${refusal.fault.message}`;
  return new Fault("KEY_UNTRUSTED", `the new key was not taken within ${formatDuration(patienceSeconds)}${last}`, {
    hints: [
      "the key in use is untouched: run `brevet issuer rotate` again later, which goes on from here",
      "`brevet issuer verify` says what clouds see; `brevet issuer rotate --abandon` drops the new key",
    ],
    cause: refusal?.fault,
    details: { probe: refusal?.name ?? null },
  });
}
