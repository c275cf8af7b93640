import widthOf from "fast-string-width";
import type { Cell } from "../../core/terminal.ts";
import { visible } from "./visible.ts";
import { indentOf, wrap } from "./wrap.ts";

/** How a table is shown: in colours or plain, and within a width where there is one. */
export interface TableStyle {
  readonly paint: ((text: string, tone: NonNullable<Cell["tone"]>) => string) | null;
  /** The columns of the terminal; null for a file or a pipe, where lines are as long as they are. */
  readonly width: number | null;
}

type Row = readonly Cell[];

const GAP = "  ";

/**
 * Rows in aligned columns below their header, without rules; the last line ends in a newline. A row whose first cell is empty goes on
 * with the row above it.
 *
 * Within a width, what does not fit beside the other columns is broken at spaces there if that leaves it half of the width, and stands
 * below its row if not. Where the other columns fill the width themselves, each row becomes a list, each value behind its column's
 * title. Only spaces are broken at, so that an ARN or a path can still be copied whole.
 */
export function renderTable(header: readonly string[], rows: readonly Row[], { paint, width }: TableStyle): string {
  const clean = rows.map((row) => row.map(({ text, ...cell }) => ({ ...cell, text: visible(text.replaceAll("\n", " ")) })));
  const style = { paint, width: width ?? Number.POSITIVE_INFINITY };
  const room = style.width - beforeLast(widthsOf(header, clean));
  if (room >= longest([header.at(-1) ?? ""])) return columns(header, clean, style);
  return withOnesAbove(clean)
    .map((group) => card(header, group, style))
    .join("\n");
}

interface Style extends TableStyle {
  readonly width: number;
}

function columns(header: readonly string[], rows: readonly Row[], style: Style): string {
  const widths = widthsOf(header, rows);
  const indent = beforeLast(widths);
  const start = (row: Row): string =>
    row
      .slice(0, -1)
      .map((cell, column) => painted(cell, style) + " ".repeat((widths[column] ?? 0) - widthOf(cell.text)) + GAP)
      .join("");
  const titles = header.map((text) => ({ text, tone: "dim" as const }));
  // What the lines below a row begin with, for as long as they belong to it.
  let below: string | null = null;
  const lines = (isEmpty(titles) ? rows : [titles, ...rows]).flatMap((row) => {
    const last = row.at(-1) ?? { text: "" };
    const goesOn = isEmpty(row.slice(0, -1));
    if (!goesOn) below = null;
    const inTone = (text: string): string => painted({ ...last, text }, style);
    const beside = below === null ? linesBeside(last.text, indent, style.width) : null;
    if (beside !== null) return beside.map((text, index) => (index === 0 ? start(row) : " ".repeat(indent)) + inTone(text));
    below ??= indentOf(row[0]?.text ?? "") + GAP;
    const lines = wrap(below + last.text, style.width, widthOf).map(inTone);
    return goesOn ? lines : [start(row), ...lines];
  });
  return [...lines.map((line) => line.trimEnd()), ""].join("\n");
}

/** The lines of a text that begins `indent` columns in; null if they are better off below, where there is more room. */
function linesBeside(text: string, indent: number, width: number): readonly string[] | null {
  const room = width - indent;
  if (widthOf(text) <= room) return [text];
  if (room < width / 2) return null;
  const lines = wrap(text, room, widthOf);
  return longest(lines) <= room ? lines : null;
}

/** One row as a list: what it is and its name, then a line for each of the other cells that have something in them. */
function card(header: readonly string[], [row = [], ...more]: readonly Row[], style: Style): string {
  const [title = { text: "" }] = row;
  const values = [row, ...more].flatMap((one, index) =>
    one.flatMap((cell, column) => {
      if (column === 0 || cell.text === "") return [];
      return [[{ text: index === 0 ? `${GAP}${header[column] ?? ""}` : "", tone: "dim" as const }, cell]];
    }),
  );
  return `${`${header[0] ?? ""} ${painted(title, style)}`.trim()}\n${columns(["", ""], values, style)}`;
}

/** Each row with those that go on with it. */
function withOnesAbove(rows: readonly Row[]): readonly (readonly Row[])[] {
  const groups: Row[][] = [];
  for (const row of rows) {
    if (row[0]?.text === "" && groups.length > 0) groups.at(-1)?.push(row);
    else groups.push([row]);
  }
  return groups;
}

function painted({ text, tone }: Cell, { paint }: TableStyle): string {
  return paint === null || tone === undefined || text === "" ? text : paint(text, tone);
}

function isEmpty(cells: Row): boolean {
  return cells.every(({ text }) => text === "");
}

function widthsOf(header: readonly string[], rows: readonly Row[]): readonly number[] {
  return header.map((title, column) => longest([title, ...rows.map((row) => row[column]?.text ?? "")]));
}

/** How many columns of the terminal stand before the last one of the table. */
function beforeLast(widths: readonly number[]): number {
  return widths.slice(0, -1).reduce((sum, width) => sum + width + GAP.length, 0);
}

function longest(texts: readonly string[]): number {
  return texts.reduce((widest, text) => Math.max(widest, widthOf(text)), 0);
}
