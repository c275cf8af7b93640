import { Fault, faultOf } from "../core/fault.ts";
import type { Tempo } from "../core/tempo.ts";
import { type Clock, formatDuration } from "../core/time.ts";
import { stillWaits, type WaitingAttempt } from "./attempt.ts";
import type { Provider } from "./provider.ts";
import type { SessionEntries } from "./session-entry.ts";
import type { SessionRecord } from "./session-record.ts";
import { signInCancelled } from "./sign-in-faults.ts";

/** What waiting for another process's sign-in needs. */
export interface AwaitParts {
  readonly provider: Provider;
  readonly entries: SessionEntries;
  readonly clock: Pick<Clock, "now" | "offsetSeconds">;
  readonly tempo: Tempo;
  /** How long the asker can wait. */
  readonly waitSeconds: number;
}

const LOOK_MS = 120;
/** Whether the process still runs is asked less often than whether it is done. */
const ALIVE_MS = 1500;

/**
 * The session that comes of a sign-in in another process of brevet.
 *
 * @throws {Fault} the sign-in's own; `SIGN_IN_UNFINISHED` when the asker cannot wait any longer: the sign-in goes on, and the
 * next call finds what came of it; `SIGN_IN_CANCELLED` when its process is gone.
 */
export async function awaitSignIn(parts: AwaitParts): Promise<SessionRecord> {
  const { entries, tempo, clock, provider } = parts;
  const deadline = tempo.elapsedMs() + parts.waitSeconds * 1000;
  let lookAgain = tempo.elapsedMs() + ALIVE_MS;
  for (;;) {
    const { record, attempt } = await entries.load();
    if (attempt?.state === "failed") throw faultOf(attempt);
    if (attempt === null) {
      // A logout removes record and attempt, so this record is the new one, whatever time it carries.
      if (record !== null) return record;
      throw lost(provider);
    }
    if (tempo.elapsedMs() > lookAgain) {
      // What it wrote in its last moment is looked at first.
      const isGone = !(await stillWaits(attempt, clock));
      if (isGone && (await entries.load()).attempt?.state === "waiting") throw lost(provider);
      lookAgain = tempo.elapsedMs() + ALIVE_MS;
    }
    if (tempo.elapsedMs() >= deadline) throw unfinished(attempt, parts);
    await tempo.pause(LOOK_MS);
  }
}

function lost(provider: Provider): Fault {
  return signInCancelled(provider, "was ended before it was done");
}

function unfinished(waiting: WaitingAttempt, { provider, waitSeconds }: AwaitParts): Fault {
  const { message, hints } = waitsForPerson(waiting, provider);
  return new Fault("SIGN_IN_UNFINISHED", `after ${formatDuration(waitSeconds)} ${message}`, { hints });
}

/** What is said of a sign-in that waits for its person. */
export function waitsForPerson({ prompt, process, askedBy }: WaitingAttempt, { issuer }: Provider) {
  const code = prompt.way === "device" ? `, its code: ${prompt.code}` : "";
  return {
    message: `the sign-in at ${issuer} still waits for you (process ${process.pid}, asked for by ${askedBy})`,
    hints: [`finish it there, then run the same again; its page: \`${prompt.url}\`${code}`],
  };
}
