import { listed } from "../../core/listed.ts";
import type { Cell, Table, Terminal } from "../../core/terminal.ts";
import { allWell, type CheckReport, type CheckResult, runChecks } from "../../flows/checks/checks.ts";
import { jsonPage } from "../../platform/terminal/json-page.ts";
import { foundByChecks } from "../checks/check-table.ts";
import { profileChecks } from "../checks/profile-checks.ts";
import type { StatusLine } from "../checks/shell-report.ts";
import { type IdentityReport, type ProfileReport, reportStatus, type StatusReport, withChecks } from "../checks/status-report.ts";
import { defineCommand } from "../command.ts";
import { KEY_COLUMNS, keyCells } from "../device/key-report.ts";
import { FIRST_IDENTITY, selectProfile } from "../select.ts";

export const command = defineCommand({
  path: "status",
  description: "Asks nobody and changes nothing, but for --check, which makes a real exchange for each profile.",
  positionals: [{ name: "PROFILE", doc: "this profile alone; default: every one", required: false }],
  flags: {
    json: { kind: "switch", doc: "the same as JSON" },
    check: { kind: "switch", doc: "try each profile: one new exchange and one GetCallerIdentity" },
  },
  examples: [
    { line: "brevet status", does: "identities, profiles and the store" },
    { line: "brevet status --check", does: "and whether each profile works now" },
    { line: "brevet status --check dev", does: "whether the profile dev works now" },
  ],
  async run({ flags, words }, context) {
    const config = await context.compose.config();
    const named = words["PROFILE"];
    const wanted = named === undefined ? [...config.profiles.values()] : [selectProfile(config, named, context.environment)];
    const checks = flags.check ? await runChecks(profileChecks(wanted, context), context.terminal.progress) : [];
    const { profiles, ...rest } = await reportStatus(context);
    const status = { ...rest, profiles: profiles.filter(({ name }) => wanted.some((entry) => entry.name === name)) };
    const report = flags.check ? withChecks(status, checks) : status;
    context.output(flags.json ? jsonPage(report) : await render(report, context.terminal));
    if (!flags.json) for (const line of advice(checks)) context.terminal.say(line);
    return allWell(checks) ? 0 : 1;
  },
});

/** What to type, once for all profiles that it mends. */
function advice(checks: readonly CheckReport[]): readonly string[] {
  const alike = new Map<string, readonly CheckReport[]>();
  for (const check of checks) {
    const form = anyProfile(check);
    if (form !== null) alike.set(form, [...(alike.get(form) ?? []), check]);
  }
  return [...alike].map(([form, group]) => {
    const names = listed(group.map(({ name }) => name));
    return group.length === 1 ? `for the profile ${names}: ${group[0]?.hint}` : `for the profiles ${names}: ${form}`;
  });
}

/** The hint for any profile: in its commands, `PROFILE` stands for the name. */
function anyProfile({ name, hint }: CheckReport): string | null {
  if (hint === undefined) return null;
  return hint.replaceAll(/`[^`]*`/g, (line) => line.replaceAll(/[^\s`]+/g, (word) => (word === name ? "PROFILE" : word)));
}

async function render(
  { identities, profiles, shell, setups, checked, store }: StatusReport,
  terminal: Terminal,
): Promise<string> {
  const keys = identities.flatMap(({ name, keys = [] }) => keys.map((key) => keyCells(name, key)));
  const parts: readonly (Table | string)[] = [
    identities.length === 0
      ? `no identity yet: ${FIRST_IDENTITY}\n`
      : { header: ["identity", "kind", "subject", "issuer", "proof"], rows: identities.map(identityRow) },
    ...(keys.length === 0 ? [] : [{ header: KEY_COLUMNS, rows: keys }]),
    profiles.length === 0
      ? "no profile yet: `brevet setup aws --role ARN` makes one\n"
      : { header: ["profile", "from", "role or account", "cached", ...(checked ? ["check"] : [])], rows: profiles.map(row) },
    ...(shell.length === 0 ? [] : [{ header: ["this shell", ""], rows: shell.map(lineRow) }]),
    ...(setups.length === 0 ? [] : [foundByChecks(setups)]),
    { header: ["store", ""], rows: store.map(lineRow) },
  ];
  const tables = parts.filter((part) => typeof part !== "string");
  const texts = await terminal.tables(tables);
  return parts.map((part) => (typeof part === "string" ? part : texts[tables.indexOf(part)])).join("\n");
}

function identityRow({ name, kind, subject, session, issuer, summary }: IdentityReport): readonly Cell[] {
  return [
    { text: name, tone: "strong" },
    { text: kind },
    // The rules of a login server decide the tokens' subject; who is signed in is known here.
    { text: subject ?? session?.label ?? "-" },
    { text: issuer ?? "none yet", ...(issuer === null ? { tone: "warn" as const } : {}) },
    { text: summary, tone: "dim" },
  ];
}

function lineRow({ name, text, tone }: StatusLine): readonly Cell[] {
  return [{ text: name }, { text, ...(tone === undefined ? {} : { tone }) }];
}

function row(profile: ProfileReport): readonly Cell[] {
  const cells: Cell[] = [
    { text: profile.name, tone: "strong" },
    { text: profile.from },
    // With `--check`, the fault is in the column of the check.
    profile.fault === null || profile.check !== null ? { text: profile.role ?? "-" } : { text: profile.fault, tone: "bad" },
    profile.cached === null
      ? { text: "no", tone: "dim" }
      : { text: `ends in ${profile.cached.endsIn}`, tone: profile.cached.stale ? "warn" : "good" },
  ];
  if (profile.check !== null) cells.push(checkCell(profile.check));
  return cells;
}

const TONES = { good: "good", bad: "bad", warn: "warn", unknown: "dim" } as const;

function checkCell({ outcome, text }: CheckResult): Cell {
  return { text: outcome === "good" ? `works: ${text}` : outcome === "bad" ? `fails: ${text}` : text, tone: TONES[outcome] };
}
