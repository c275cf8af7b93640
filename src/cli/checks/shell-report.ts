import type { Cell } from "../../core/terminal.ts";
import { type EpochSeconds, formatDuration, parseUtc } from "../../core/time.ts";
import type { Environment } from "../../platform/paths.ts";
import { EXEC_MARK } from "../../wire/environment.ts";

/** One line of `brevet status`: of what, and how it is. */
export interface StatusLine {
  readonly name: string;
  readonly text: string;
  readonly tone?: NonNullable<Cell["tone"]>;
}

/**
 * What the variables of this shell have the tools of AWS use (keys before a profile, and a profile before an address), and brevet itself.
 *
 * @param profileOfKeys whose keys are in the variables; null where no profile has them in the cache.
 */
export function reportShell(environment: Environment, profileOfKeys: string | null, now: EpochSeconds): readonly StatusLine[] {
  const keys = environment["AWS_ACCESS_KEY_ID"] || null;
  const byName = ["AWS_PROFILE", "AWS_DEFAULT_PROFILE"].find((name) => environment[name]) ?? null;
  const served = environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"] || null;
  const around = environment[EXEC_MARK] || null;
  const own = environment["BREVET_PROFILE"] || null;
  const lines: StatusLine[] = [];
  if (keys !== null) {
    const whose = profileOfKeys === null ? `keys that no profile has now (${keys})` : `keys of the profile ${profileOfKeys}`;
    lines.push({ name: "AWS tools", ...endOfKeys(whose, environment["AWS_CREDENTIAL_EXPIRATION"] ?? "", now) });
  } else if (byName !== null) lines.push({ name: "AWS tools", text: `the profile ${environment[byName]}, by ${byName}` });
  else if (served !== null) lines.push({ name: "AWS tools", text: `credentials that are served at ${served}` });
  if (around !== null) lines.push({ name: "brevet exec", text: `this runs inside of it, by ${around}` });
  if (own !== null) lines.push({ name: "brevet", text: `the profile ${own} where none is named, by BREVET_PROFILE` });
  return lines;
}

/** @param expiration what `brevet env` and `brevet exec` set beside the keys, and other tools too. */
function endOfKeys(whose: string, expiration: string, now: EpochSeconds): Omit<StatusLine, "name"> {
  const end = parseUtc(expiration);
  if (end === null) return { text: `${whose}; nothing says when they end`, tone: "warn" };
  if (end <= now) return { text: `${whose}; they have ended`, tone: "bad" };
  return { text: `${whose}; they end in ${formatDuration(end - now)}` };
}
