import { styleText } from "node:util";
import type { Cell } from "../../core/terminal.ts";

const STYLES = { good: "green", bad: "red", warn: "yellow", dim: "dim", strong: "bold" } as const;

/** A text in the colour of what it means. */
export function paint(text: string, tone: NonNullable<Cell["tone"]>): string {
  return styleText(STYLES[tone], text, { validateStream: false });
}
