import type { Cell } from "../../core/terminal.ts";

/** ECMA-48 §8.3.117, Select Graphic Rendition: what begins a style, and what ends it. */
const STYLES = { good: [32, 39], bad: [31, 39], warn: [33, 39], dim: [2, 22], strong: [1, 22] } as const;

/** A text in the colour of what it means. */
export function paint(text: string, tone: NonNullable<Cell["tone"]>): string {
  const [on, off] = STYLES[tone];
  return `\u001b[${on}m${text}\u001b[${off}m`;
}
