import { Fault } from "./fault.ts";
import type { Where } from "./place.ts";

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

const DAY_SECONDS = 86_400;

/** The longest first. */
const UNIT_SECONDS: Readonly<Record<string, number>> = { d: DAY_SECONDS, h: 3600, m: 60, s: 1 };

/** A clock that is further off is one to be set, not corrected for: whoever answers could date our tokens at will. */
export const LARGEST_OFFSET_SECONDS = DAY_SECONDS;

/** What to look at where a token's times are refused: a hint. */
export const CLOCK_HINT = "look at this machine's clock: `date -u`";

/**
 * Reads `90s`, `15m`, `1h`, `1h30m` or a bare number of seconds.
 *
 * @param range in seconds; `where` names the value in messages: `profiles.dev.aws.duration`, `--duration`.
 * @throws {Fault} `DURATION_INVALID` for anything else, and for a value outside of `range`.
 */
export function parseDuration(
  text: string | number,
  range: { readonly min: number; readonly max: number; readonly where: Where },
): number {
  const seconds = typeof text === "number" ? text : readDuration(text.trim());
  if (seconds === null || !Number.isSafeInteger(seconds)) {
    throw new Fault("DURATION_INVALID", `${range.where}: "${text}" is not a duration`, {
      hints: ["write it as `45m`, `1h`, `1h30m` or in seconds"],
    });
  }
  if (seconds < range.min || seconds > range.max) {
    throw new Fault(
      "DURATION_INVALID",
      `${range.where}: the duration ${text} is outside of ${formatDuration(range.min)} to ${formatDuration(range.max)}`,
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
  for (const [unit, size] of Object.entries(UNIT_SECONDS)) {
    const count = Math.floor(rest / size);
    if (count > 0) parts.push(`${count}${unit}`);
    rest -= count * size;
  }
  return parts.slice(0, 2).join("") || "0s";
}

const DAYS_OF_400_YEARS = 146_097;
/** Days from 0000-03-01, with which the years of this count begin, to 1970-01-01. */
const DAYS_BEFORE_EPOCH = 719_468;

/**
 * `2026-03-04T12:30:00Z`: UTC, whole seconds, as AWS and every SDK read it. For years 0 to 9999.
 *
 * Each call says when its credentials end, and the first `Date` of a process has Node look for the time zone.
 */
export function formatUtc(instant: EpochSeconds): string {
  const whole = Math.floor(instant);
  const days = Math.floor(whole / DAY_SECONDS);
  const second = whole - days * DAY_SECONDS;
  const time = [Math.floor(second / 3600), Math.floor((second % 3600) / 60), second % 60];
  return `${formatDay(days)}T${time.map((part) => padded(part, 2)).join(":")}Z`;
}

/** A year that begins in March has its leap day at its end, so that months have the same days before them in all years. */
function formatDay(daysSinceEpoch: number): string {
  const days = daysSinceEpoch + DAYS_BEFORE_EPOCH;
  const era = Math.floor(days / DAYS_OF_400_YEARS);
  const ofEra = days - era * DAYS_OF_400_YEARS;
  const leapDays = Math.floor(ofEra / 1460) - Math.floor(ofEra / 36_524) + Math.floor(ofEra / 146_096);
  const yearOfEra = Math.floor((ofEra - leapDays) / 365);
  const ofYear = ofEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  // 153 days are the five months from March to July, and again from August to December.
  const fromMarch = Math.floor((5 * ofYear + 2) / 153);
  const day = ofYear - Math.floor((153 * fromMarch + 2) / 5) + 1;
  const month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9;
  const year = era * 400 + yearOfEra + (month <= 2 ? 1 : 0);
  return `${padded(year, 4)}-${padded(month, 2)}-${padded(day, 2)}`;
}

function padded(value: number, digits: number): string {
  return String(value).padStart(digits, "0");
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
