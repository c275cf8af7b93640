import { type EpochSeconds, formatUtc } from "../core/time.ts";
import { visible } from "../core/visible.ts";
import type { RequestRecord } from "./service.ts";

/**
 * The lines that the sandbox prints of one request: what was asked and answered, and for a refusal each deciding
 * statement with what it wanted and what it saw. Tokens, keys and signatures never reach a record.
 */
export function formatRecord(record: RequestRecord, at: EpochSeconds): readonly string[] {
  const outcome = record.code === null ? `${record.status}` : `${record.status} ${record.code}`;
  const lines = [`${formatUtc(at)} ${printable(record.action)} → ${outcome}: ${printable(record.summary)}`];
  for (const { at: place, wanted, saw, meaning, source } of record.findings) {
    lines.push(`  ${printable(place)}: ${printable(meaning)}`);
    if (wanted.length > 0) lines.push(`    wanted ${wanted.map(printable).join(", ")}`);
    if (wanted.length > 0 || saw !== null) lines.push(`    saw    ${saw === null ? "nothing" : saw.map(printable).join(", ")}`);
    if (source !== "") lines.push(`    see    ${printable(source)}`);
  }
  return lines;
}

/** A claim's text comes from whoever made the token: it stays in its line, and a terminal must not obey it. */
function printable(text: string): string {
  return visible(text.slice(0, 500).replaceAll("\n", "\\n"));
}
