import { shellCommand } from "../../core/shell-command.ts";
import type { Cell } from "../../core/terminal.ts";
import { visible } from "../../core/visible.ts";
import { jsonPage } from "../../platform/terminal/json-page.ts";
import { type Command, type Context, defineCommand, type FlagTable, type Given } from "../command.ts";
import { type CallOperation, callOperations } from "./call-operation.ts";

/** What every command that calls the API takes. */
export const API_FLAGS = {
  identity: { kind: "text", value: "NAME", doc: "the identity that asks; default: the only one at a login server" },
  json: { kind: "switch", doc: "print what the server answers as JSON" },
} as const satisfies FlagTable;

/** For what administrators may do to themselves. */
export const MYSELF_FLAG = {
  myself: { kind: "switch", doc: "yes, that is you: you shut yourself out" },
} as const satisfies FlagTable;

/** That flag in a query. */
export function myselfOf({ myself }: { readonly myself: boolean }): { readonly myself?: "true" } {
  return myself ? { myself: "true" } : {};
}

/** What a list takes besides that. */
export const LIST_FLAGS = {
  ...API_FLAGS,
  limit: { kind: "text", value: "ROWS", doc: "rows, 200 at most; default 100" },
  cursor: { kind: "text", value: "CURSOR", doc: "go on where an earlier list ended" },
} as const satisfies FlagTable;

/** An instant in a table, to the minute; the header above it says that it is in UTC. */
export interface InstantCell {
  /** As the server sends it; null: there is nothing, and `none` says so. */
  readonly at: string | null;
  readonly none?: string;
  readonly seconds?: true;
  readonly tone?: NonNullable<Cell["tone"]>;
}

/** How a part of a list is shown. */
export interface ShownList {
  readonly header: readonly string[];
  readonly rows: readonly (readonly (Cell | InstantCell)[])[];
  readonly next: string | null;
  /** What is said where the list is empty. */
  readonly none: string;
}

/** How an answer is shown. */
export type Shown =
  | {
      readonly header: readonly string[];
      readonly rows: readonly (readonly (Cell | InstantCell)[])[];
    }
  | ShownList
  | { readonly said: string }
  | { readonly printed: string };

/** What a command does with the API. */
export interface ApiCommand<Flags extends FlagTable> extends Omit<Command<Flags>, "run"> {
  /** @returns the server's answer, for `--json`, how people see it, and the exit status. */
  perform(
    given: Given<Flags>,
    call: CallOperation,
    context: Context,
  ): Promise<{
    readonly value: unknown;
    readonly shown: Shown;
    /** Default: 0. */
    readonly status?: number;
  }>;
}

/** A command that calls the API of a login server as the person who is signed in there. */
export function defineApiCommand<const Flags extends FlagTable & typeof API_FLAGS>({
  perform,
  ...described
}: ApiCommand<Flags>): Command {
  return defineCommand<Flags>({
    ...described,
    async run(given, context) {
      const { compose, terminal, output } = context;
      const { identity, json } = given.flags as { readonly identity: string | undefined; readonly json: boolean };
      const api = await compose.serverApi(identity);
      const { value, shown, status = 0 } = await perform(given, callOperations(api, terminal), context);
      if (json) output(jsonPage(value));
      else await show(shown, context);
      return status;
    },
  });
}

async function show(shown: Shown, { terminal, output }: Context): Promise<void> {
  if ("said" in shown) return terminal.say(shown.said);
  if ("printed" in shown) return output(visible(shown.printed));
  if ("none" in shown && shown.rows.length === 0) return terminal.say(shown.none);
  output(
    await terminal.table(
      titles(shown.header, shown.rows),
      shown.rows.map((row) => row.map(cellOf)),
    ),
  );
  if ("next" in shown && shown.next) terminal.say(`there are more: add \`${shellCommand`--cursor ${shown.next}`}\``);
}

function titles(header: readonly string[], rows: readonly (readonly (Cell | InstantCell)[])[]): readonly string[] {
  return header.map((title, column) => (rows.some((row) => "at" in (row[column] ?? {})) ? `${title} (UTC)` : title));
}

function cellOf(cell: Cell | InstantCell): Cell {
  if (!("at" in cell)) return cell;
  const { at, none = "", seconds = false, tone } = cell;
  const text = at === null ? none : seconds ? at.slice(0, 19).replace("T", " ") : minute(at);
  return { text, ...(tone === undefined ? {} : { tone }) };
}

/** What a list is asked by. */
export function pagingOf({ limit, cursor }: { readonly limit?: string | undefined; readonly cursor?: string | undefined }) {
  return { ...(limit === undefined ? {} : { limit }), ...(cursor === undefined ? {} : { cursor }) };
}

/** `2026-03-04 12:30`, in UTC, outside of a column of {@link InstantCell}. */
export function minute(utc: string): string {
  return utc.slice(0, 16).replace("T", " ");
}
