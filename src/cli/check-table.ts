import type { Cell, Terminal } from "../core/terminal.ts";
import type { CheckReport } from "../flows/checks.ts";

const WORDS = { good: "ok", bad: "failed", warn: "warning", unknown: "unknown" } as const;
const TONES = { good: "good", bad: "bad", warn: "warn", unknown: "dim" } as const;

/** The table of what checks found, each finding with what to type below it. */
export function checkTable(reports: readonly CheckReport[], terminal: Terminal): Promise<string> {
  return terminal.table(["result", "check"], reports.flatMap(rows));
}

function rows({ name, outcome, text, hint }: CheckReport): readonly (readonly Cell[])[] {
  const found = [{ text: WORDS[outcome], tone: TONES[outcome] }, { text: `${name} - ${text}` }];
  return hint === undefined ? [found] : [found, [{ text: "" }, { text: hint }]];
}
