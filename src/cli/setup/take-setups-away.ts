import { counted } from "../../core/counted.ts";
import { Fault } from "../../core/fault.ts";
import { shellCommand } from "../../core/shell-command.ts";
import { forgetCredentials } from "../../flows/forget-credentials.ts";
import { type UndoOutcome, undoPlan } from "../../flows/undo-plan.ts";
import { profilesGoingBy, setupsGoingBy, setupsUsing } from "../../setup/issuer-trust.ts";
import { effectOf, objectOf, type Step } from "../../setup/plan.ts";
import { otherRecords, type PlanRecord } from "../../setup/record.ts";
import type { Config } from "../../wire/brevet-config/config.ts";
import { serviceAccountIn } from "../../wire/google/credential-file.ts";
import { clientSecretName } from "../client-keys.ts";
import type { Context } from "../command.ts";
import { identitiesBehind } from "../proving-identity.ts";
import { cacheKeyPrefix } from "../resolve-profile.ts";

/** What became of one setup that was to be undone. */
export interface TakenSetup extends UndoOutcome {
  readonly id: string;
}

/** Whether a setup goes although other setups lean on it. */
type RemovalWish = "even if trusted" | "unless trusted";

/**
 * Undoes one setup, and says what was undone and what was left.
 *
 * @returns also the fault that stopped it: `ISSUER_IN_USE`, `PROFILE_IN_USE`; what a provisioner raises; `PLAN_INTERRUPTED` if
 * something was removed before.
 */
export async function takeAway(record: PlanRecord, wish: RemovalWish, context: Context): Promise<TakenSetup> {
  const { compose, terminal } = context;
  const plans = await compose.plans();
  const { id } = record;
  const inUse = wish === "unless trusted" ? await whyUsed(record, await otherRecords(id, plans.records), context) : null;
  if (inUse !== null) return { id, undone: [], left: [], stopped: inUse };
  compose.reread();
  const before = await compose.config();
  const { undone, left, stopped } = await undoPlan(id, plans);
  for (const step of undone) terminal.say(`undone: ${objectOf(step)}`);
  await forgetClientSecrets(undone, context);
  await forgetCached(undone, before, context);
  for (const step of undone.filter(({ kind }) => kind === "google-credential-file"))
    terminal.say(`gcloud, if it was signed in by that, still is: ${gcloudRevocation(step)}`);
  for (const { step, reason } of left) terminal.warn(`left ${objectOf(step)}: ${reason}`);
  if (stopped === null && undone.length === 0 && left.length === 0)
    terminal.say(`nothing of ${id} was there any more; its record is gone`);
  return { id, undone, left, stopped };
}

/** `ISSUER_IN_USE` or `PROFILE_IN_USE`; null where neither another setup nor a profile that somebody wrote leans on it. */
export async function whyUsed(record: PlanRecord, others: readonly PlanRecord[], { compose }: Context): Promise<Fault | null> {
  const users = setupsUsing(record, others).map(({ id }) => id);
  if (users.length === 0) {
    // Setups that were undone in this run have changed it.
    compose.reread();
    const { file, profiles } = await compose.config();
    const going = profilesGoingBy(record, profiles);
    return going.length === 0 ? null : usedByProfiles(record, going, file);
  }
  const { code, message, lean, else: otherwise } = wordsOfUse(record, users, setupsGoingBy(record, others).length);
  return new Fault(code, message, {
    hints: [
      `remove first what ${lean}: ${users.map((id) => `\`brevet unsetup ${id}\``).join(", ")}`,
      "or all of it, in the right order: `--all` in place of the name",
      `\`--even-if-trusted\` removes it all the same: ${otherwise}`,
    ],
    details: { setup: record.id, users },
  });
}

function usedByProfiles({ id }: PlanRecord, going: readonly string[], file: string): Fault {
  const message = `${going.join(", ")} in ${file} ${going.length === 1 ? "needs" : "need"} a profile of ${id} (\`via\`)`;
  return new Fault("PROFILE_IN_USE", message, {
    hints: [
      `give ${going.length === 1 ? "it" : "each"} another \`via\`, or take it out of the config`,
      `\`--even-if-trusted\` removes it all the same: ${WITHOUT_BASE}`,
    ],
    details: { setup: id, profiles: going },
  });
}

const WITHOUT_BASE = "what needs it gets no credentials then";

function wordsOfUse({ id }: PlanRecord, users: readonly string[], going: number) {
  const named = users.join(", ");
  if (going === users.length) {
    const message = `${named} ${going === 1 ? "has a profile" : "have profiles"} that ${going === 1 ? "needs" : "need"} one of ${id} (\`via\`)`;
    return { code: "PROFILE_IN_USE", message, lean: "needs it", else: WITHOUT_BASE } as const;
  }
  const message = `${named} ${users.length === 1 ? "trusts" : "trust"} the issuer of ${id}`;
  const otherwise = "whoever gets its address then is this identity to those clouds";
  return { code: "ISSUER_IN_USE", message, lean: "trusts it", else: otherwise } as const;
}

/** Without a service account, gcloud has it under a name that Google's answer to it gave. */
function gcloudRevocation({ after }: Step): string {
  const account = serviceAccountIn(after ?? "");
  if (account !== null) return `\`${shellCommand`gcloud auth revoke ${account}`}\``;
  return "`gcloud auth list` names it, and `gcloud auth revoke ACCOUNT` ends that";
}

/** What a record must not hold: the secret that an identity's client was given with it. */
async function forgetClientSecrets(undone: readonly Step[], { compose, terminal }: Context): Promise<void> {
  for (const { kind, address } of undone.filter((step) => effectOf(step) !== "keep")) {
    const { identity } = address;
    if (kind !== "brevet-identity" || identity === undefined) continue;
    if (await (await compose.store()).remove("keys", clientSecretName(identity))) {
      terminal.say(`removed the client secret of ${identity}`);
    }
  }
}

/**
 * What is cached of the identities that proved the profiles. Nothing in an entry says which profile it was for: besides its own there
 * are those that other flags and another environment gave. Profiles that stay get theirs again with the next call.
 */
async function forgetCached(undone: readonly Step[], before: Config, { compose, terminal }: Context): Promise<void> {
  const gone = undone.flatMap(({ kind, address }) => (kind === "brevet-profile" ? [address["profile"] ?? ""] : []));
  for (const identity of identitiesBehind(gone, before)) {
    const forgotten = await forgetCredentials(await compose.store(), cacheKeyPrefix(identity));
    if (forgotten > 0) terminal.say(`removed ${counted(forgotten, "cached credential")} of ${identity}`);
  }
}
