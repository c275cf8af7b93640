import type { EpochSeconds } from "../../core/time.ts";
import { second } from "../../wire/brevet-api/admin/in-words.ts";
import { type Html, html } from "./html.ts";

/** How many rows of a list a page shows: what a thumb still scrolls through. */
export const ROWS = 25;

/** The content of a cell; null: nothing. */
export type Cell = Html | string | number | null;

/**
 * Rows under named columns. Where the screen is narrow each row is a card, in which every value follows the name of its column.
 *
 * @param label what the rows are, in the plural: read out, and said of a table that has none.
 */
export function table(label: string, columns: readonly string[], rows: readonly (readonly Cell[])[]): Html {
  if (rows.length === 0) return html`<p class="soft">There are no ${label} here.</p>`;
  const head = columns.map((column) => html`<th scope="col">${column}</th>`);
  const body = rows.map((cells) => {
    const row = cells.map((cell, index) => html`<td data-column="${columns[index] ?? ""}">${kept(cell)}</td>`);
    return html`<tr>${row}</tr>`;
  });
  return html`<table aria-label="${label}"><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table>`;
}

/** A short word stays on its line, where a longer neighbour can break. */
function kept(cell: Cell): Cell {
  if (cell === "") return null;
  return typeof cell === "string" && cell.length <= 28 ? html`<span class="short">${cell}</span>` : cell;
}

/** Where a list is shown, and which part of it. */
export interface Part {
  readonly path: string;
  /** What the list was narrowed by. */
  readonly query?: Readonly<Record<string, string>>;
  /** The parameter that carries the cursor, and the cursors of this part and of the next one. */
  readonly parameter?: string;
  readonly cursor: string | undefined;
  readonly next: string | null;
}

/** The ways to the next part of a list, and back to its first; null for a list that is on one page. */
export function pager(label: string, { path, query = {}, parameter = "cursor", cursor, next }: Part): Html | null {
  if (cursor === undefined && next === null) return null;
  const given = Object.fromEntries(Object.entries(query).filter(([, value]) => value !== ""));
  const first = cursor === undefined ? null : html`<a href="${withQuery(path, given)}">First page</a>`;
  const onward =
    next === null ? null : html`<a href="${withQuery(path, { ...given, [parameter]: next })}" rel="next">Next page</a>`;
  return html`<nav class="pager" aria-label="Pages of ${label}">${first}${onward}</nav>`;
}

/** Where a form is sent that stands on a part of a list, and what its answer shows again: that part, after a refusal with what was typed. */
export function onPart(path: string, query: ReadonlyMap<string, string>): string {
  return withQuery(path, Object.fromEntries(query));
}

function withQuery(path: string, query: Readonly<Record<string, string>>): string {
  const search = new URLSearchParams(query).toString();
  return search === "" ? path : `${path}?${search}`;
}

/** `2026-03-04 12:30`, in UTC. */
export function minute(at: EpochSeconds | null): Html | null {
  return at === null ? null : html`<time>${second(at).slice(0, 16)}</time>`;
}

/** A name that somebody chose, in whatever direction it is written: its neighbours keep their places. */
export function chosen(name: string): Html {
  return html`<bdi>${name}</bdi>`;
}
