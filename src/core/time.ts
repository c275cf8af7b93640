import { Fault } from "./fault.ts";

/** Seconds since 1970-01-01T00:00:00Z, an integer. */
export type EpochSeconds = number;

/**
 * The time as the clouds see it: the system clock plus the offset that was learnt from them.
 *
 * A laptop's clock may be minutes off (WSL after sleep); tokens dated by it would be refused.
 */
export interface Clock {
  /** The corrected time. */
  now(): EpochSeconds;
  /** What is added to the system clock, in seconds; 0 when nothing was learnt. */
  readonly offsetSeconds: number;
  /** Remembers a new offset, for this process and for later ones. */
  learn(offsetSeconds: number): void;
}

const UNIT_SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** A clock that is further off is one to be set, not corrected for: whoever answers could date our tokens at will. */
export const LARGEST_OFFSET_SECONDS = 86_400;

/**
 * Reads `90s`, `15m`, `1h`, `1h30m` or a bare number of seconds.
 *
 * @throws {Fault} `DURATION_INVALID` for anything else, and for a value outside of `range`.
 */
export function parseDuration(text: string | number, range: { readonly min: number; readonly max: number }): number {
  const seconds = typeof text === "number" ? text : readDuration(text.trim());
  if (seconds === null || !Number.isSafeInteger(seconds)) {
    throw new Fault("DURATION_INVALID", `"${text}" is not a duration`, {
      hints: ["write it as `45m`, `1h`, `1h30m` or in seconds"],
    });
  }
  if (seconds < range.min || seconds > range.max) {
    throw new Fault(
      "DURATION_INVALID",
      `the duration ${text} is outside of ${formatDuration(range.min)} to ${formatDuration(range.max)}`,
    );
  }
  return seconds;
}

function readDuration(text: string): number | null {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  if (!/^(\d{1,6}[dhms])+$/.test(text)) return null;
  let seconds = 0;
  for (const [, count, unit] of text.matchAll(/(\d+)([dhms])/g)) seconds += Number(count) * (UNIT_SECONDS[unit ?? ""] ?? 0);
  return seconds;
}

/** `3600` → `1h`, `5400` → `1h30m`, `59` → `59s`; the two largest units that are not zero. */
export function formatDuration(seconds: number): string {
  let rest = Math.max(0, Math.round(seconds));
  const parts: string[] = [];
  for (const [unit, size] of [
    ["d", 86_400],
    ["h", 3600],
    ["m", 60],
    ["s", 1],
  ] as const) {
    const count = Math.floor(rest / size);
    if (count > 0) parts.push(`${count}${unit}`);
    rest -= count * size;
  }
  return parts.slice(0, 2).join("") || "0s";
}

/** `2026-03-04T12:30:00Z`: UTC, whole seconds, as AWS and every SDK read it. */
export function formatUtc(instant: EpochSeconds): string {
  return `${new Date(instant * 1000).toISOString().slice(0, 19)}Z`;
}

/** Reads an ISO 8601 instant with a zone; null if it is none, as 30 February is. Fractions of a second are cut off. */
export function parseUtc(text: string): EpochSeconds | null {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(text)) return null;
  const milliseconds = Date.parse(text);
  // Date.parse takes a 31 February for a day in March, and 24:00:00 for the next day.
  const local = text.slice(0, 19);
  const asWritten = Date.parse(`${local}Z`);
  if (Number.isNaN(asWritten) || new Date(asWritten).toISOString().slice(0, 19) !== local) return null;
  return Number.isNaN(milliseconds) ? null : Math.floor(milliseconds / 1000);
}
