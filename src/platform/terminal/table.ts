import Table from "cli-table3";
import type { Cell } from "../../core/terminal.ts";
import { visible } from "./visible.ts";
import { wrap } from "./wrap.ts";

/** How a table is shown: in colours or plain, and within a width where there is one. */
export interface TableStyle {
  readonly paint: ((text: string, tone: NonNullable<Cell["tone"]>) => string) | null;
  /** The columns of the terminal; null for a file or a pipe, where lines are as long as they are. */
  readonly width: number | null;
}

const GAP = "  ";

const NO_LINES = Object.fromEntries(
  ["top", "top-mid", "top-left", "top-right", "bottom", "bottom-mid", "bottom-left", "bottom-right", "left", "left-mid"]
    .concat(["mid", "mid-mid", "right", "right-mid"])
    .map((place) => [place, ""]),
);

/**
 * Rows in aligned columns below their header, without rules; the last line ends in a newline.
 *
 * What does not fit the width is shown row by row, each value behind its column's title. Only spaces are broken at, so
 * that an ARN or a path can still be copied whole.
 */
export function renderTable(header: readonly string[], rows: readonly (readonly Cell[])[], style: TableStyle): string {
  const clean = rows.map((row) => row.map(({ text, ...cell }) => ({ ...cell, text: visible(text.replaceAll("\n", " ")) })));
  const widths = header.map((title, column) => longest([title, ...clean.map((row) => row[column]?.text ?? "")]));
  const natural = widths.reduce((sum, width) => sum + width + GAP.length, -GAP.length);
  if (style.width === null || natural <= style.width) return columns(header, clean, style);
  const [first = 0] = widths;
  if (header.length <= 2) return columns(header, wrapLast(clean, style.width - first - GAP.length), style);
  return clean.map((row) => stacked(header, row, style, style.width ?? natural)).join("\n");
}

function columns(header: readonly string[], rows: readonly (readonly Cell[])[], { paint }: TableStyle): string {
  const painted = ({ text, tone }: Cell): string =>
    paint === null || tone === undefined
      ? text
      : text
          .split("\n")
          .map((line) => paint(line, tone))
          .join("\n");
  const titled = header.some((title) => title !== "");
  const table = new Table({
    chars: { ...NO_LINES, middle: GAP },
    style: { "padding-left": 0, "padding-right": 0, head: [], border: [], compact: true },
    ...(titled ? { head: header.map((title) => painted({ text: title, tone: "dim" })) } : {}),
  });
  for (const row of rows) table.push(row.map(painted));
  return `${table
    .toString()
    .split("\n")
    .map((line) => line.trimEnd())
    .join("\n")}\n`;
}

/** One row as a list: what it is and its name, then a line for each of the other cells. */
function stacked(header: readonly string[], row: readonly Cell[], style: TableStyle, width: number): string {
  const [title, ...cells] = row;
  const names = header.slice(1).map((name) => `  ${name}`);
  const lines = cells.map((cell, index) => [{ text: names[index] ?? "", tone: "dim" as const }, cell]);
  const body = columns(["", ""], wrapLast(lines, width - longest(names) - GAP.length), style);
  const { text = "", tone } = title ?? {};
  const name = style.paint === null || tone === undefined ? text : style.paint(text, tone);
  return `${header[0] ?? ""} ${name}\n${body}`;
}

function wrapLast(rows: readonly (readonly Cell[])[], width: number): readonly (readonly Cell[])[] {
  return rows.map((row) =>
    row.map((cell, index) => (index === row.length - 1 ? { ...cell, text: wrap(cell.text, width).join("\n") } : cell)),
  );
}

function longest(texts: readonly string[]): number {
  return Math.max(0, ...texts.map((text) => text.length));
}
