import type { EpochSeconds } from "../../core/time.ts";
import type { LookedAtDatabase } from "./database.ts";

/**
 * How far this instance's clock is ahead of the database's, which all instances share; negative behind, and 0 where the database has
 * none of its own.
 *
 * @throws {Fault} `DATABASE_UNAVAILABLE`
 */
export async function clockAhead({ clock }: Pick<LookedAtDatabase, "clock">, now: () => EpochSeconds): Promise<number> {
  const asked = now();
  const theirs = await clock();
  if (theirs === null || theirs === asked) return 0;
  // The database may have taken long to answer: any time between the question and the answer is right.
  return theirs < asked ? asked - theirs : Math.min(0, now() - theirs);
}
