import { counted } from "../../core/counted.ts";
import { EXIT } from "../../core/exit.ts";
import { Fault } from "../../core/fault.ts";
import { listed } from "../../core/listed.ts";
import { nearest } from "../../core/nearest.ts";
import { shellCommand } from "../../core/shell-command.ts";
import { lostProfiles } from "../../flows/checks/aws-file-checks.ts";
import { planUndo } from "../../flows/undo-plan.ts";
import { awsFiles } from "../../platform/aws-files.ts";
import { jsonPage } from "../../platform/terminal/json-page.ts";
import { readUserFile } from "../../platform/user-file.ts";
import { planJson } from "../../setup/diff.ts";
import { inOrderOfRemoval } from "../../setup/issuer-trust.ts";
import type { Plan } from "../../setup/plan.ts";
import type { PlanRecord, PlanRecords } from "../../setup/record.ts";
import { type Context, defineCommand } from "../command.ts";
import { YES_FLAG } from "../flags/confirmed.ts";
import { agreed } from "../setup/plan-report.ts";
import { type TakenSetup, takeAway, whyUsed } from "../setup/take-setups-away.ts";

export const command = defineCommand({
  path: "unsetup",
  description: [
    "Undoes exactly what the record of a setup lists, the last step first. What was changed by somebody since is left as",
    "it is and named, and the exit status is then 5. A setup whose issuer another one trusts, or whose profile another",
    "needs, is not undone before that one. A cloud that cannot be reached is in the way of its own setups alone.",
    "With a profile goes what is cached of the identity that proved it; other profiles of that identity get theirs again.",
  ].join("\n"),
  positionals: [{ name: "SETUP", doc: "as `brevet setup` named it; default: the only one", required: false }],
  flags: {
    all: { kind: "switch", doc: "undo all setups, the last one first", excludes: ["SETUP"] },
    "even-if-trusted": { kind: "switch", doc: "remove it although other setups trust its issuer, or need its profile (`via`)" },
    "dry-run": { kind: "switch", doc: "show what would be removed, and remove nothing" },
    ...YES_FLAG,
    json: { kind: "switch", doc: "print the outcome as JSON; with --all a list" },
  },
  examples: [
    { line: "brevet unsetup aws-brevet", does: "remove the profile brevet" },
    { line: "brevet unsetup --all", does: "remove everything that `brevet setup` made" },
    { line: "brevet unsetup --dry-run", does: "show what that would be" },
  ],
  async run({ flags, words }, context) {
    const { compose, terminal, output } = context;
    const plans = await compose.plans();
    const { records } = plans;
    const named = words["SETUP"];
    const ids = await records.list();
    const print = (one: readonly unknown[]): void => output(jsonPage(flags.all ? one : (one[0] ?? null)));
    if (ids.length === 0 && named === undefined) {
      terminal.say("nothing was set up, so there is nothing to remove");
      if (flags.json) print([]);
      return EXIT.done;
    }
    const chosen = flags.all ? await loadAll(ids, records) : [await select(ids, named, records, flags.json, context)];
    const wish = flags["even-if-trusted"] ? "even if trusted" : "unless trusted";
    if (!flags.all && wish === "unless trusted") await requireNobodyTrusts(chosen, ids, records, context);
    const undoing: Plan[] = [];
    for (const record of chosen) undoing.push(await planUndo(record, plans));
    if (flags["dry-run"] && flags.json) print(undoing.map(planJson));
    else if (await agreed(undoing, { ...flags, question: "undo this?" }, plans, context)) {
      const taken: TakenSetup[] = [];
      // What one cloud refuses is in the way of no other.
      for (const record of chosen) taken.push(await takeAway(record, wish, context));
      await sayWhoStillAsks(context);
      if (flags.json) print(taken.map(({ stopped, ...one }) => ({ ...one, stopped: stopped?.code ?? null })));
      return settle(taken, context);
    }
    return EXIT.done;
  },
});

/** @throws {Fault} `ISSUER_IN_USE`, `PROFILE_IN_USE` */
async function requireNobodyTrusts(
  chosen: readonly PlanRecord[],
  ids: readonly string[],
  records: PlanRecords,
  context: Context,
): Promise<void> {
  const all = await loadAll(ids, records);
  for (const one of chosen) {
    const inUse = await whyUsed(one, all, context);
    if (inUse !== null) throw inUse;
  }
}

/** Sections that a person wrote after an import are theirs to mend: AWS's tools fail by them from now on. */
async function sayWhoStillAsks({ compose, terminal, environment }: Context): Promise<void> {
  compose.reread();
  const path = awsFiles(environment).config;
  const file = { path, text: readUserFile(path)?.text ?? null };
  const lost = lostProfiles(file, [...(await compose.config()).profiles.keys()]);
  if (lost.length === 0) return;
  const names = listed(lost.map(({ name }) => name));
  terminal.warn(
    `${path}: ${names} still ${lost.length === 1 ? "asks brevet for a profile that is" : "ask brevet for profiles that are"} gone: put back what each section had, or take it out`,
  );
}

/** @throws {Fault} what stopped the only one; `PLAN_INTERRUPTED` for several; `PLAN_CONFLICT` */
function settle(taken: readonly TakenSetup[], { terminal }: Context): number {
  const faults = taken.flatMap(({ id, stopped }) => (stopped === null ? [] : [{ id, fault: stopped }]));
  const [first, ...more] = faults;
  if (first !== undefined && more.length === 0) throw first.fault;
  if (first !== undefined) {
    for (const { id, fault } of faults) terminal.warn(`${id}: ${fault.message} (${fault.code})`);
    const ids = faults.map(({ id }) => id);
    throw new Fault("PLAN_INTERRUPTED", `${counted(ids.length, "setup")} could not be undone wholly: ${ids.join(", ")}`, {
      hints: [...new Set(faults.flatMap(({ fault }) => fault.hints))],
      details: { setups: ids, codes: faults.map(({ fault }) => fault.code) },
    });
  }
  const incomplete = taken.filter(({ left }) => left.length > 0);
  if (incomplete.length === 0) return EXIT.done;
  const steps = incomplete.map(({ id, undone, left }) => `${left.length} of ${left.length + undone.length} steps of ${id}`);
  throw new Fault("PLAN_CONFLICT", `${steps.join(", ")} were left as they are`, {
    hints: incomplete.map(({ id }) => `remove them by hand, then run \`brevet unsetup ${id}\` again`),
    details: { left: incomplete.flatMap(({ left }) => left.map(({ step }) => step.id)) },
  });
}

async function loadAll(ids: readonly string[], records: PlanRecords): Promise<readonly PlanRecord[]> {
  const loaded = await Promise.all(ids.map((id) => records.load(id)));
  return inOrderOfRemoval(loaded.filter((record) => record !== null));
}

/** The setup that was named, or the only one. @throws {Fault} `USAGE_INVALID`, with a table of those that there are. */
async function select(
  ids: readonly string[],
  named: string | undefined,
  records: PlanRecords,
  isJson: boolean,
  { terminal, errorOutput }: Context,
): Promise<PlanRecord> {
  const id = named ?? (ids.length === 1 ? ids[0] : undefined);
  const record = id === undefined || !ids.includes(id) ? null : await records.load(id);
  if (record !== null) return record;
  const all = await loadAll(ids, records);
  if (!isJson && all.length > 0) {
    const rows = all.map(({ id: one, title }) => [{ text: one }, { text: title }]);
    errorOutput(await terminal.table(["setup", "what it made"], rows, "stderr"));
  }
  const meant = named === undefined ? null : nearest(named, ids);
  const known = all.map(({ id: one }) => `\`${shellCommand`brevet unsetup ${one}`}\``);
  const hints = [
    ...(meant === null ? [] : [`did you mean \`brevet unsetup ${meant}\`?`]),
    ...(meant === null && known.length > 0
      ? [`name one: ${known.join(", ")}`, "or undo all of them: `brevet unsetup --all`"]
      : []),
    ...(known.length === 0 ? ["nothing was set up, so there is nothing to remove"] : []),
  ];
  throw new Fault("USAGE_INVALID", named === undefined ? "no setup was named" : `there is no setup "${named}"`, {
    hints,
    details: { setups: ids },
  });
}
