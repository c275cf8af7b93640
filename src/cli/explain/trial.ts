import { Fault } from "../../core/fault.ts";
import { explainFault } from "../../flows/explain-profile.ts";
import { type Explained, notLookedAt } from "../../trust/explained.ts";
import { FAULTS } from "../../trust/verdict.ts";
import { tryProfile } from "../checks/profile-checks.ts";
import type { Context } from "../command.ts";
import { callsThisMachine } from "./trust-sources.ts";

/**
 * Whether the cloud takes the token, by one exchange. Where its trust cannot be read, nothing more can be known: only the cloud
 * knows why.
 *
 * @param name of the profile.
 * @param known what was found out without it; its hints are repeated with a refusal.
 */
export async function explainTrial(name: string, known: readonly Explained[], context: Context): Promise<Explained> {
  const asks = "the exchange";
  try {
    const meaning = `the cloud takes the token, for ${await tryProfile(name, { purpose: "brevet explain" }, context)}`;
    const because = { at: asks, wanted: [], saw: null, meaning, source: FAULTS };
    return { asks, verdict: { outcome: "allowed", because }, mend: [] };
  } catch (cause) {
    if (!(cause instanceof Fault)) throw cause;
    // A cloud that cannot be reached has not refused.
    if (cause.code !== "EXCHANGE_REFUSED") return notLookedAt(asks, cause.message, cause.hints, FAULTS);
    return { ...explainFault(asks, cause), mend: waysToLook(name, known, context) };
  }
}

function waysToLook(name: string, known: readonly Explained[], { environment }: Context): readonly string[] {
  if (callsThisMachine(environment))
    return [`\`brevet explain ${name} --sandbox\` says why, where it is the sandbox that is called`];
  const doubts = known.filter(({ verdict }) => verdict.outcome === "unknown");
  return [
    `\`brevet explain ${name} --live\` says why, to an administrator`,
    ...doubts.flatMap(({ mend }, index) => mend.map((line, at) => (index === 0 && at === 0 ? `or: ${line}` : line))),
  ];
}
