import { Fault } from "../../core/fault.ts";
import type { Http } from "../../core/http.ts";
import { shellCommand } from "../../core/shell-command.ts";
import type { PublicKey } from "../../core/signer.ts";
import { type Clock, type EpochSeconds, formatDuration } from "../../core/time.ts";
import { foreignKeys } from "../../trust/issuer/advice-rules.ts";
import { KEY_SET_RULES } from "../../trust/issuer/document-rules.ts";
import { type FetchedIssuer, readIssuer } from "../../trust/issuer/issuer-facts.ts";
import { ISSUER_VERIFIERS, judgeIssuer } from "../../trust/issuer/judge-issuer.ts";
import { fetchIssuer } from "../verify-issuer.ts";
import type { Check, CheckResult } from "./checks.ts";

/** An issuer of this machine's own, and who has to be able to verify it. */
export interface CheckedIssuer {
  readonly identity: string;
  readonly issuer: string;
  readonly keys: () => Promise<readonly PublicKey[]>;
  /** The clouds that profiles need; of the others a refusal is only worth knowing. */
  readonly needed: readonly string[];
  /** Every key of a device, and whether it shares its issuer on purpose; absent where keys of others are not looked for. */
  readonly alone?: { readonly keys: () => Promise<readonly PublicKey[]>; readonly shared: boolean };
  /** What to type where the documents are not there, and where a cloud refuses them. */
  readonly hints: { readonly unpublished: string; readonly refused: (verifier: string) => string };
}

/** AWS takes tokens that are five minutes off; brevet dates its own half a minute back. */
const BAD_SKEW_SECONDS = 270;
const NOTEWORTHY_SKEW_SECONDS = 20;

/** Whether the documents are where clouds look, what each makes of them, and whether the clock agrees with their host's. */
export function issuerChecks(
  { identity, issuer, keys, needed, alone, hints }: CheckedIssuer,
  ports: { http: Http; clock: Clock },
): readonly Check[] {
  let fetched: Promise<TimedIssuer> | null = null;
  // One fetch for all of them: each is the same request otherwise.
  const documents = (): Promise<TimedIssuer> => {
    fetched ??= fetchTimed(issuer, ports);
    return fetched;
  };
  const all: readonly Check[] = [
    { name: `${identity}: name, TLS and discovery`, run: async () => reach(await documents(), hints.unpublished) },
    ...ISSUER_VERIFIERS.map((verifier) => ({
      name: `${identity}: keys as ${verifier} sees them`,
      run: (): Promise<CheckResult> =>
        onceFetched(documents, async (fetched) => {
          const { judgements } = judgeIssuer(fetched, await keys());
          const verdict = judgements.find((one) => one.verifier === verifier)?.verdict;
          if (verdict?.outcome === "allowed") return { outcome: "good", text: verdict.because.meaning };
          const text = (verdict?.because ?? []).map(({ meaning }) => meaning).join("; ");
          return { outcome: needed.includes(verifier) ? "bad" : "unknown", text, hint: hints.refused(verifier) };
        }),
    })),
    ...(alone === undefined
      ? []
      : [{ name: `${identity}: whose keys`, run: () => onceFetched(documents, (fetched) => whoseKeys(fetched, alone)) }]),
    { name: `${identity}: clock`, run: () => onceFetched(documents, (fetched) => skew(fetched, ports.clock)) },
  ];
  return all.map((check) => ({ ...check, asksHosts: true }));
}

/** What an issuer serves, and when by our clock the fetch of it began and ended. */
interface TimedIssuer extends FetchedIssuer {
  readonly during: readonly [began: EpochSeconds, ended: EpochSeconds];
}

async function fetchTimed(issuer: string, { http, clock }: { http: Http; clock: Clock }): Promise<TimedIssuer> {
  const began = clock.now();
  const fetched = await fetchIssuer(issuer, http);
  return { ...fetched, during: [began, clock.now()] };
}

/** Whoever holds a key that is published here can claim the subject of the device. */
async function whoseKeys(fetched: FetchedIssuer, { keys, shared }: NonNullable<CheckedIssuer["alone"]>): Promise<CheckResult> {
  const facts = readIssuer(fetched, await keys());
  if ("problem" in facts.keys) return { outcome: "unknown", text: "there are no keys to be read" };
  const forged = KEY_SET_RULES.map((rule) => rule(facts)).find((finding) => finding !== null);
  if (forged) return { outcome: "bad", text: forged.meaning, hint: "`brevet issuer devices` shows where" };
  const foreign = foreignKeys(facts);
  if (foreign === null) return { outcome: "good", text: "no key of others is published there" };
  const ids = (foreign.saw ?? []).join(", ");
  if (shared) return { outcome: "good", text: `shared with ${ids}, as the config says` };
  return {
    outcome: "warn",
    text: `${foreign.meaning}: ${ids}`,
    hint: "`brevet issuer devices` lists them, `brevet issuer revoke` takes one out",
  };
}

/** What could not be fetched is told once, by the first check; the others do not know what it says. */
async function onceFetched(
  documents: () => Promise<TimedIssuer>,
  judge: (fetched: TimedIssuer) => CheckResult | Promise<CheckResult>,
): Promise<CheckResult> {
  let fetched: TimedIssuer;
  try {
    fetched = await documents();
  } catch (cause) {
    if (!(cause instanceof Fault)) throw cause;
    return { outcome: "unknown", text: "not looked at: the issuer does not answer", code: cause.code };
  }
  return judge(fetched);
}

function reach({ discovery, issuer }: FetchedIssuer, unpublished: string): CheckResult {
  if (discovery.status === 200) return { outcome: "good", text: `${issuer} answers` };
  return {
    outcome: "bad",
    text: `${discovery.url} answers ${discovery.status}`,
    hint: `\`${shellCommand`curl ${discovery.url}`}\`; then ${unpublished}`,
  };
}

/** Measured by the host's `Date`. An offset that is corrected already does not hurt tokens, and is still worth mending. */
function skew({ discovery, during: [began, ended] }: TimedIssuer, clock: Clock): CheckResult {
  const date = Date.parse(discovery.headers["date"] ?? "");
  if (Number.isNaN(date)) return { outcome: "unknown", text: "the issuer's host does not say what time it is" };
  const seconds = Math.round(date / 1000);
  // A difference below the time that the answer took counts as none: a busy machine's clock is not wrong.
  const offset = seconds - Math.min(Math.max(seconds, began), ended);
  const ahead = offset < 0 ? "ahead of" : "behind";
  const hint = "set the clock: `timedatectl set-ntp true`, in WSL `sudo hwclock -s`";
  if (Math.abs(offset) > BAD_SKEW_SECONDS) {
    return { outcome: "bad", text: `it is ${formatDuration(Math.abs(offset))} ${ahead} the issuer's host`, hint };
  }
  if (clock.offsetSeconds !== 0) {
    return { outcome: "warn", text: `brevet corrects it by ${formatDuration(Math.abs(clock.offsetSeconds))}`, hint };
  }
  if (Math.abs(offset) > NOTEWORTHY_SKEW_SECONDS) {
    return { outcome: "warn", text: `it is ${formatDuration(Math.abs(offset))} ${ahead} the issuer's host`, hint };
  }
  return { outcome: "good", text: "it agrees with the issuer's host" };
}
