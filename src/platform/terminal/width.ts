import type { Environment } from "../paths.ts";
import { isTerminal, type OutputStream } from "./is-terminal.ts";

/** Below this nothing can be laid out, and above it a page cannot be read well. */
const PAGE = { least: 40, most: 100 };
/** What programs take where nobody says how wide it is. */
const USUAL = 80;

/**
 * The columns of a terminal: `COLUMNS`, else what the terminal says; null without a terminal, and for one without a size (0), as
 * containers and `script` make them.
 *
 * @see POSIX.1-2024, Base Definitions 8.3, `COLUMNS`
 */
export function terminalWidth(stream: OutputStream, environment: Environment): number | null {
  return isTerminal(stream) ? (wishedWidth(environment) ?? (process[stream].columns || null)) : null;
}

/** The columns of a page of text on stdout, which is as often read through a pager as on a terminal. */
export function pageWidth(environment: Environment): number {
  const columns = wishedWidth(environment) ?? terminalWidth("stdout", environment) ?? USUAL;
  return Math.min(PAGE.most, Math.max(PAGE.least, columns));
}

function wishedWidth({ COLUMNS = "" }: Environment): number | null {
  return /^[1-9]\d{0,3}$/.test(COLUMNS) ? Number(COLUMNS) : null;
}
