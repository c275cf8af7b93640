import widthOf from "fast-string-width";
import type { Cell, Table } from "../../core/terminal.ts";
import { visibleLine } from "../../core/visible.ts";
import { wordsOf, wrap } from "./wrap.ts";

/** How a table is shown: in colours or plain, and within a width where there is one. */
export interface TableStyle {
  readonly paint: ((text: string, tone: NonNullable<Cell["tone"]>) => string) | null;
  /** The columns of the terminal; null for a file or a pipe, where lines are as long as they are. */
  readonly width: number | null;
}

type Row = readonly Cell[];

const GAP = "  ";
/** The indent of a card's value that has no room after its title. */
const BELOW = GAP + GAP;
/** Columns of a terminal in which sentences can be read. */
const READABLE = 24;

/**
 * One table in aligned columns below its header, without rules; the last line ends in a newline. A row whose first cell is empty goes on
 * with the row above it.
 */
export function renderTable(header: readonly string[], rows: readonly Row[], style: TableStyle): string {
  return renderTables([{ header, rows }], style).join("");
}

/**
 * The tables of one answer, all in the same form: in columns if each of them fits, and otherwise each row as a card, its values behind
 * the titles of their columns.
 *
 * A table fits if its last column has a third of the width at least, in which its texts are broken, and room for each of their words. A word that is too long for a card too, such as a command, decides nothing. Only spaces outside of backticks are broken at, so
 * that an ARN, a path or a command can still be copied whole.
 */
export function renderTables(tables: readonly Table[], { paint, width }: TableStyle): readonly string[] {
  const style = { paint, width: width ?? Number.POSITIVE_INFINITY };
  const clean = tables.map(({ header, rows }) => ({
    header,
    rows: rows.map((row) => row.map(({ text, ...cell }) => ({ ...cell, text: visibleLine(text) }))),
  }));
  const form = clean.every((table) => fits(table, style.width)) ? columns : cards;
  return clean.map((table) => form(table, style));
}

interface Style extends TableStyle {
  readonly width: number;
}

function fits({ header, rows }: Table, width: number): boolean {
  const last = [header.at(-1) ?? "", ...rows.map((row) => row.at(-1)?.text ?? "")];
  const room = width - beforeLast(widthsOf(header, rows));
  if (longest(last) <= room) return true;
  const needed = last.flatMap(wordsOf).filter((word) => widthOf(word) <= width - BELOW.length);
  return room >= Math.max(READABLE, width / 3) && longest(needed) <= room;
}

function columns({ header, rows }: Table, style: Style): string {
  const widths = widthsOf(header, rows);
  const indent = beforeLast(widths);
  const titles = header.map((text) => ({ text, tone: "dim" as const }));
  const lines = (isEmpty(titles) ? rows : [titles, ...rows]).flatMap((row) => {
    const start = row
      .slice(0, -1)
      .map((cell, column) => painted(cell, style) + " ".repeat((widths[column] ?? 0) - widthOf(cell.text)) + GAP);
    return broken(row.at(-1), style.width - indent, style).map((line, index) =>
      index === 0 ? start.join("") + line : " ".repeat(indent) + line,
    );
  });
  return ended(lines);
}

function cards({ header, rows }: Table, style: Style): string {
  // A table of names and values is a card already.
  if (header.length === 2 && header[1] === "") {
    return card(
      header[0] ?? "",
      rows.map(([title = { text: "" }, value]) => [title.text, value === undefined ? [] : [value]]),
      style,
    );
  }
  return withOnesAbove(rows)
    .map((group) => {
      const titleOf = painted(group[0]?.[0] ?? { text: "" }, style);
      const values = header.map((title, column) => [title, group.flatMap((row) => row[column] ?? [])] as const);
      return card(`${header[0] ?? ""} ${titleOf}`.trim(), values.slice(1), style);
    })
    .join("\n");
}

/** What it is and its name, then each title with the values that are not empty. */
function card(name: string, values: readonly (readonly [string, readonly Cell[]])[], style: Style): string {
  const shown = values.map(([title, cells]) => [title, cells.filter(({ text }) => text !== "")] as const);
  const filled = shown.filter(([, cells]) => cells.length > 0);
  const indent = GAP.length + longest(filled.map(([title]) => title)) + GAP.length;
  const lines = filled.flatMap(([title, cells]) => {
    const start = painted({ text: title, tone: "dim" }, style);
    const room = style.width - indent;
    const isBeside =
      longest(cells.map(({ text }) => text)) <= room ||
      (room >= style.width / 2 && longest(cells.flatMap(({ text }) => wordsOf(text))) <= room);
    const left = isBeside ? indent : BELOW.length;
    const texts = cells.flatMap((cell) => broken(cell, style.width - left, style)).map((line) => " ".repeat(left) + line);
    if (!isBeside) return [GAP + start, ...texts];
    const first = GAP + start + " ".repeat(indent - GAP.length - widthOf(title));
    return texts.map((line, index) => (index === 0 ? first + line.slice(indent) : line));
  });
  return ended([name, ...lines]);
}

/** The lines of a cell, each in its tone. */
function broken(cell: Cell = { text: "" }, room: number, style: Style): readonly string[] {
  const lines = widthOf(cell.text) <= room ? [cell.text] : wrap(cell.text, room, widthOf);
  return lines.map((text) => painted({ ...cell, text }, style));
}

function ended(lines: readonly string[]): string {
  return [...lines.map((line) => line.trimEnd()), ""].join("\n");
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

/** How many columns of the terminal come before the last column of the table. */
function beforeLast(widths: readonly number[]): number {
  return widths.slice(0, -1).reduce((sum, width) => sum + width + GAP.length, 0);
}

function longest(texts: readonly string[]): number {
  return texts.reduce((widest, text) => Math.max(widest, widthOf(text)), 0);
}
