import type { Measured } from "./jobs.ts";

/** One line of the table: a subject against its baseline, with the limits that it is held to. */
export interface Row {
  readonly name: string;
  readonly subject: Measured;
  readonly baseline: Measured;
  /** Null: shown, not held. */
  readonly ratioLimit: number | null;
  readonly residentLimitMb?: number;
}

/** A line that is not a ratio. */
export interface Plain {
  readonly name: string;
  readonly value: string;
  readonly limit: string;
  readonly held: boolean;
}

const HEAD = ["", "median", "baseline", "ratio", "limit", "ratio of fastest 10 %", "MB", "limit", ""];

/** The table, and whether every limit is held. */
export function report(rows: readonly Row[], plain: readonly Plain[]): { readonly text: string; readonly held: boolean } {
  const lines = rows.map((row) => {
    const ratio = row.subject.medianMs / row.baseline.medianMs;
    const held = isHeld(row);
    const cells = [
      row.name,
      `${row.subject.medianMs.toFixed(1)} ms`,
      `${row.baseline.medianMs.toFixed(1)} ms`,
      `${ratio.toFixed(2)}×`,
      row.ratioLimit === null ? "–" : `≤ ${row.ratioLimit}×`,
      `${(row.subject.tenthMs / row.baseline.tenthMs).toFixed(2)}×`,
      row.subject.residentMb.toFixed(1),
      row.residentLimitMb === undefined ? "–" : `≤ ${row.residentLimitMb}`,
      held ? "held" : "NOT HELD",
    ];
    return cells;
  });
  const extra = plain.map(({ name, value, limit, held }) => [name, value, "", "", limit, "", "", "", held ? "held" : "NOT HELD"]);
  const table = [HEAD, ...lines, ...extra];
  const widths = HEAD.map((_, column) => Math.max(...table.map((cells) => cells[column]?.length ?? 0)));
  const text = table
    .map((cells) =>
      cells
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
  return { text, held: rows.every(isHeld) && plain.every(({ held }) => held) };
}

function isHeld({ subject, baseline, ratioLimit, residentLimitMb }: Row): boolean {
  const quick = ratioLimit === null || subject.medianMs / baseline.medianMs <= ratioLimit;
  return quick && (residentLimitMb === undefined || subject.residentMb <= residentLimitMb);
}
