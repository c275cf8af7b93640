import { Fault } from "../../core/fault.ts";
import { nearest } from "../../core/nearest.ts";
import { undoPlan } from "../../flows/apply-plan.ts";
import { effectOf, type Step } from "../../setup/plan.ts";
import type { PlanRecord, PlanRecords } from "../../setup/record.ts";
import { clientSecretName } from "../client-keys.ts";
import { type Context, defineCommand } from "../command.ts";

export const command = defineCommand({
  path: "unsetup",
  summary: "take away what `brevet setup` made",
  description: [
    "Takes away exactly what the record of a setup lists, the last step first. What was changed by somebody since is left as",
    "it is and named, and the exit status is then 5.",
  ].join("\n"),
  positionals: [{ name: "SETUP", doc: "as `brevet setup` named it; default: the only one", required: false }],
  flags: {
    "dry-run": { kind: "switch", doc: "show what would be taken away and do nothing" },
    json: { kind: "switch", doc: "print the outcome as JSON" },
  },
  examples: [
    { line: "brevet unsetup aws-brevet", does: "take the profile brevet away" },
    { line: "brevet unsetup --dry-run", does: "show what that would be" },
  ],
  async run({ flags, words }, context) {
    const { compose, terminal, output } = context;
    const plans = await compose.plans();
    const record = await select(plans.records, words["SETUP"]);
    if (flags["dry-run"]) {
      output(flags.json ? `${JSON.stringify(record, null, 2)}\n` : describe(record));
      return 0;
    }
    const { undone, left } = await undoPlan(record.id, plans);
    if (flags.json) output(`${JSON.stringify({ id: record.id, undone, left }, null, 2)}\n`);
    for (const step of undone) terminal.say(`took back: ${step.does}`);
    await forgetClientSecrets(undone, context);
    for (const { step, reason } of left) terminal.warn(`left: ${step.does}: ${reason}`);
    if (left.length === 0) return 0;
    throw new Fault(
      "PLAN_CONFLICT",
      `${left.length} of ${left.length + undone.length} steps of ${record.id} were left as they are`,
      {
        hints: [`take them away by hand, then run \`brevet unsetup ${record.id}\` again`],
        details: { left: left.map(({ step }) => step.id) },
      },
    );
  },
});

/** What a record must not hold: the secret that an identity's client was given with it. */
async function forgetClientSecrets(undone: readonly Step[], { compose, terminal }: Context): Promise<void> {
  for (const { kind, address } of undone.filter((step) => effectOf(step) !== "keep")) {
    const { identity } = address;
    if (kind !== "brevet-identity" || identity === undefined) continue;
    if (await (await compose.store()).remove("keys", clientSecretName(identity))) {
      terminal.say(`took back: the client secret of ${identity}`);
    }
  }
}

async function select(records: PlanRecords, named: string | undefined): Promise<PlanRecord> {
  const ids = await records.list();
  const id = named ?? (ids.length === 1 ? ids[0] : undefined);
  const record = id === undefined || !ids.includes(id) ? null : await records.load(id);
  if (record !== null) return record;
  const known = ids.length === 0 ? "nothing was set up, so there is nothing to take away" : `name one of ${ids.join(", ")}`;
  const meant = named === undefined ? null : nearest(named, ids);
  throw new Fault("USAGE_INVALID", named === undefined ? "no setup was named" : `there is no setup "${named}"`, {
    hints: [meant === null ? known : `did you mean "${meant}"?`],
  });
}

function describe(record: PlanRecord): string {
  const steps = record.steps
    .toReversed()
    .filter(({ step }) => effectOf(step) !== "keep")
    .map(({ step }) => `  take back: ${step.does}`);
  return `${[record.title, ...steps].join("\n")}\n`;
}
