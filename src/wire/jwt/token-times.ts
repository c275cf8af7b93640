import type { EpochSeconds } from "../../core/time.ts";

/** The longest life of a token that brevet signs, in seconds, counted from `iat`. */
export const LONGEST_TOKEN_SECONDS = 300;

/**
 * How far `iat` is in the past. Google refuses a token whose `iat` is in its future, and clocks differ by seconds even where both
 * are kept by NTP.
 */
const BACK_DATE_SECONDS = 30;

/**
 * The times of a token that is signed now.
 *
 * @param lifeSeconds the most between `iat` and `exp`, capped at {@link LONGEST_TOKEN_SECONDS}.
 */
export function tokenTimes(now: EpochSeconds, lifeSeconds: number): { readonly iat: EpochSeconds; readonly exp: EpochSeconds } {
  const life = Math.min(LONGEST_TOKEN_SECONDS, lifeSeconds);
  const iat = now - Math.min(BACK_DATE_SECONDS, Math.floor(life / 2));
  return { iat, exp: iat + life };
}
