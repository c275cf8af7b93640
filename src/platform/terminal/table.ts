import Table from "cli-table3";
import type { Cell } from "../../core/terminal.ts";
import { visible } from "./visible.ts";

const NO_LINES = Object.fromEntries(
  ["top", "top-mid", "top-left", "top-right", "bottom", "bottom-mid", "bottom-left", "bottom-right", "left", "left-mid"]
    .concat(["mid", "mid-mid", "right", "right-mid"])
    .map((place) => [place, ""]),
);

/** Rows in aligned columns below their header, without rules; the last line ends in a newline. */
export function renderTable(
  header: readonly string[],
  rows: readonly (readonly Cell[])[],
  paint: ((text: string, tone: NonNullable<Cell["tone"]>) => string) | null,
): string {
  const cell = ({ text, tone }: Cell): string => {
    const shown = visible(text.replaceAll("\n", " "));
    return paint === null || tone === undefined ? shown : paint(shown, tone);
  };
  const table = new Table({
    chars: { ...NO_LINES, middle: "  " },
    style: { "padding-left": 0, "padding-right": 0, head: [], border: [], compact: true },
    head: header.map((title) => cell({ text: title, tone: "dim" })),
  });
  for (const row of rows) table.push(row.map(cell));
  const lines = table.toString().split("\n");
  return `${lines.map((line) => line.trimEnd()).join("\n")}\n`;
}
