import type { Cell, Table, Terminal } from "../../core/terminal.ts";
import type { CheckReport } from "../../flows/checks/checks.ts";

const WORDS = { good: "ok", bad: "failed", warn: "warning", unknown: "unknown" } as const;
const TONES = { good: "good", bad: "bad", warn: "warn", unknown: "dim" } as const;

/** The table of what checks found. What to type follows below each finding. */
export function checkTable(reports: readonly CheckReport[], terminal: Terminal): Promise<string> {
  const { header, rows } = foundByChecks(reports);
  return terminal.table(header, rows);
}

/** The same, for an answer of several tables. */
export function foundByChecks(reports: readonly CheckReport[]): Table {
  return { header: ["result", "check"], rows: reports.flatMap(rowsOf) };
}

function rowsOf({ name, outcome, text, hint }: CheckReport): readonly (readonly Cell[])[] {
  const found = [{ text: WORDS[outcome], tone: TONES[outcome] }, { text: `${name} - ${text}` }];
  return hint === undefined ? [found] : [found, [{ text: "" }, { text: hint }]];
}
