import { Fault } from "../core/fault.ts";
import type { FaultCode } from "../core/fault-codes.ts";
import type { Notices } from "../core/notices.ts";
import type { Tempo } from "../core/tempo.ts";
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
  readonly tempo: Pick<Tempo, "elapsedMs" | "pause">;
}

/** What a verifier answers while it has not seen the new key, or cannot be asked now. Waiting mends nothing else. */
const PASSING: ReadonlySet<FaultCode> = new Set<FaultCode>([
  "EXCHANGE_REFUSED",
  "EXCHANGE_UNAVAILABLE",
  "PROVIDER_UNAVAILABLE",
  "CLOCK_SKEWED",
  "NETWORK_UNREACHABLE",
  "NETWORK_TIMEOUT",
  "RESPONSE_INVALID",
  "ISSUER_MISMATCH",
]);

/** The verifier said nothing. That passes too, unless it lasts. */
const UNHEARD: ReadonlySet<FaultCode> = new Set<FaultCode>(["NETWORK_UNREACHABLE", "NETWORK_TIMEOUT"]);
/** How long a verifier may be out of reach before the person is told that this is not about the key. */
const UNHEARD_SECONDS = 60;

/**
 * Returns once every probe took the next key in as many rounds in a row as the rules ask for. A verifier's copy of the keys
 * cannot be seen, and it has many machines with a copy each: one success may be luck, so only a series counts.
 *
 * A probe that the present key fails too says nothing about the next one; this is told before any waiting. It is left out as long
 * as another probe is left: the rotation may be what mends the present key.
 *
 * @throws {Fault} `KEY_UNTRUSTED` when the patience ends; the network's own fault when a verifier is out of reach for a minute;
 * at once what is no matter of time (a signer that does not sign).
 */
export async function probeUntilTrusted(probes: readonly Probe[], rules: ProbeRules, ports: ProbePorts): Promise<void> {
  const telling = await telltales(probes, rules, ports);
  const shown = await ports.progress(`trying the new key at ${named(telling)}`);
  try {
    await untilTaken(telling, rules, { tempo: ports.tempo, shown });
    shown.done(`the new key is taken, ${rules.rounds} times in a row`);
  } catch (cause) {
    shown.failed("the new key is not taken yet");
    throw cause;
  }
}

function named(probes: readonly Probe[]): string {
  return probes.map(({ name }) => name).join(", ");
}

async function untilTaken(
  probes: readonly Probe[],
  rules: ProbeRules,
  { tempo, shown }: Pick<ProbePorts, "tempo"> & { readonly shown: Progress },
): Promise<void> {
  const started = tempo.elapsedMs();
  const elapsedSeconds = (): number => (tempo.elapsedMs() - started) / 1000;
  let streak = 0;
  let refusal: Refused | null = null;
  let heardAt = 0;
  for (;;) {
    const refused = await firstRefusal(probes);
    streak = refused === null ? streak + 1 : 0;
    refusal = refused ?? refusal;
    if (streak >= rules.rounds) return;
    const seconds = elapsedSeconds();
    const isUnheard = refused !== null && UNHEARD.has(refused.fault.code);
    if (!isUnheard) heardAt = seconds;
    else if (seconds - heardAt > UNHEARD_SECONDS) throw unheard(refused, seconds - heardAt);
    if (seconds > rules.patienceSeconds) throw untrusted(refusal, rules);
    const until = isUnheard ? Math.min(rules.patienceSeconds, heardAt + UNHEARD_SECONDS) : rules.patienceSeconds;
    shown.update(
      refused === null
        ? `the new key was taken ${streak} of ${rules.rounds} times`
        : `${refused.name}: ${isUnheard ? "out of reach" : "the new key is not taken yet"} (${refused.fault.message}); trying for ${formatDuration(until - seconds)} more`,
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
    const fault = await refusalOf(probe);
    if (fault !== null) return { name: probe.name, fault };
  }
  return null;
}

/** The probes that the present key passes; all of them if it passes none. */
async function telltales(
  probes: readonly Probe[],
  { patienceSeconds }: ProbeRules,
  { notices, progress }: ProbePorts,
): Promise<readonly Probe[]> {
  const shown = await progress(`trying the key in use at ${named(probes)}`);
  const passed: Probe[] = [];
  const failed: string[] = [];
  for (const probe of probes) {
    shown.update(`trying the key in use at ${probe.name}`);
    const fault = await baselineFault(probe);
    if (fault === null) passed.push(probe);
    else failed.push(`${probe.name}: the key in use does not work there (${fault.message})`);
  }
  if (passed.length > 0) shown.done(`the key in use works at ${named(passed)}`);
  else shown.failed("the key in use works nowhere, so it cannot be told whether it is the new key that is refused");
  for (const line of failed) notices.warn(passed.length > 0 ? `not tried at ${line}` : line);
  if (passed.length > 0) return passed;
  notices.say(
    `the new key is tried for ${formatDuration(patienceSeconds)} all the same; to end that: Ctrl-C, then \`brevet issuer rotate --abandon\``,
  );
  return probes;
}

async function baselineFault(probe: Probe): Promise<Fault | null> {
  try {
    await probe.attempt("current");
    return null;
  } catch (cause) {
    if (cause instanceof Fault) return cause;
    throw cause;
  }
}

/** What a verifier says of the next key that may pass. */
async function refusalOf(probe: Probe): Promise<Fault | null> {
  try {
    await probe.attempt("next");
    return null;
  } catch (cause) {
    if (cause instanceof Fault && PASSING.has(cause.code)) return cause;
    throw cause;
  }
}

const HINTS = [
  "the key in use is untouched: run `brevet issuer rotate` again later, which goes on from here",
  "`brevet issuer verify` says what clouds see; `brevet issuer rotate --abandon` drops the new key",
];

function unheard({ name, fault }: Refused, seconds: number): Fault {
  const message = `${name} was out of reach for ${formatDuration(seconds)}, so nobody knows if it takes the new key: ${fault.message}`;
  return fault.told({ message, hints: [...fault.hints, ...HINTS] });
}

function untrusted(refusal: Refused | null, { patienceSeconds }: ProbeRules): Fault {
  const last = refusal === null ? "" : `; ${refusal.name}: ${refusal.fault.message}`;
  return new Fault("KEY_UNTRUSTED", `the new key was not taken within ${formatDuration(patienceSeconds)}${last}`, {
    hints: HINTS,
    cause: refusal?.fault,
    details: { probe: refusal?.name ?? null },
  });
}
