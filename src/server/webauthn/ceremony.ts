import { createHash, randomBytes } from "node:crypto";
import { Fault } from "../../core/fault.ts";
import type { EpochSeconds } from "../../core/time.ts";
import { text } from "../store/database.ts";
import type { Unit } from "../store/unit.ts";

/** What a ceremony is for. A challenge that was made for one is not taken for another. */
export type CeremonyPurpose = "register" | "sign-in" | "confirm";

/** A challenge that waits for its answer. Nothing of it is kept by the browser but the handle. */
export interface Ceremony {
  readonly challenge: string;
  /** The only person who may answer; null: whoever's passkey answers is that person. */
  readonly person: string | null;
}

/** What a page brings back for a ceremony. Both are untrusted. */
export interface CeremonyAnswer {
  readonly handle: string;
  /** What `navigator.credentials` gave, as JSON. */
  readonly answer: unknown;
}

/** A person needs time to find a key, and nobody needs longer (WebAuthn Level 3 §15.1 recommends 5 minutes). */
const CEREMONY_SECONDS = 300;

/**
 * Makes a challenge and keeps it.
 *
 * @returns the challenge, base64url, and the handle that the browser brings back; the handle alone is worth nothing.
 */
export function beginCeremony(
  unit: Unit,
  purpose: CeremonyPurpose,
  person: string | null,
  now: EpochSeconds,
): { readonly handle: string; readonly challenge: string } {
  const handle = randomBytes(32).toString("base64url");
  const challenge = randomBytes(32).toString("base64url");
  unit.write("INSERT INTO ceremony (handle, purpose, challenge, person, expires_at) VALUES (?, ?, ?, ?, ?)", [
    digest(handle),
    purpose,
    challenge,
    person,
    now + CEREMONY_SECONDS,
  ]);
  return { handle, challenge };
}

/**
 * Takes a ceremony, and commits that it was taken before anything of the answer is looked at: a challenge is good for one
 * answer, also for a wrong one, and of two answers that race one is heard.
 *
 * @throws {Fault} `CEREMONY_ENDED` for a handle that is unknown, for something else, too old, or was used.
 */
export async function takeCeremony(unit: Unit, purpose: CeremonyPurpose, handle: string, now: EpochSeconds): Promise<Ceremony> {
  const key = digest(handle);
  const ended = (): Fault =>
    new Fault("CEREMONY_ENDED", "this attempt is over: it took too long, or was answered already", {
      hints: ["begin again on the page where you came from"],
    });
  const [row] = await unit.read("SELECT challenge, person FROM ceremony WHERE handle = ? AND purpose = ? AND expires_at > ?", [
    key,
    purpose,
    now,
  ]);
  if (row === undefined) throw ended();
  unit.claim("DELETE FROM ceremony WHERE handle = ?", [key], ended);
  await unit.commit();
  const person = row["person"];
  return { challenge: text(row, "challenge"), person: typeof person === "string" ? person : null };
}

/** A reader of the database cannot answer in another's place. */
function digest(handle: string): string {
  return createHash("sha256").update(handle).digest("base64url");
}
