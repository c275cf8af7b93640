import type { Cell, Terminal } from "../core/terminal.ts";
import type { CheckReport } from "../flows/checks.ts";

const WORDS = { good: "good", bad: "fails", warn: "warning", unknown: "not known" } as const;
const TONES = { good: "good", bad: "bad", warn: "warn", unknown: "dim" } as const;

/** The table of what checks found, each finding with what to type. */
export function checkTable(reports: readonly CheckReport[], terminal: Terminal): Promise<string> {
  return terminal.table(["check", "result", "because"], reports.flatMap(rows));
}

/** What to type stands below what was found. */
function rows({ name, outcome, text, hint }: CheckReport): readonly (readonly Cell[])[] {
  const found = [{ text: name }, { text: WORDS[outcome], tone: TONES[outcome] }, { text }];
  return hint === undefined ? [found] : [found, [{ text: "" }, { text: "" }, { text: hint }]];
}
