import { visibleJson } from "../../core/visible.ts";

/** What `--json` prints: a value over several lines. */
export function jsonPage(value: unknown): string {
  return `${visibleJson(value, 2)}\n`;
}
