import type { EpochSeconds } from "../../core/time.ts";
import { openSeal } from "../seal.ts";

/** Which of the two APIs a token is for: each refuses the other's. */
export type MicrosoftAudience = "graph" | "management";

const LIFE_SECONDS = 12 * 3600;
const PREFIX = "sandbox.";

/** A token that an administrator of the sandbox's tenant would have. */
export function microsoftToken(folder: string, audience: MicrosoftAudience, now: EpochSeconds): string {
  const sealed = openSeal(folder, `microsoft ${audience} token`).seal({ expiresAt: now + LIFE_SECONDS });
  return PREFIX + Buffer.from(sealed, "base64").toString("base64url");
}

/** Reads such tokens again. */
export function openMicrosoftTokens(folder: string): (token: string, audience: MicrosoftAudience, now: EpochSeconds) => boolean {
  const seals = { graph: openSeal(folder, "microsoft graph token"), management: openSeal(folder, "microsoft management token") };
  return (token, audience, now) => {
    if (!token.startsWith(PREFIX)) return false;
    const sealed = Buffer.from(token.slice(PREFIX.length), "base64url").toString("base64");
    const session = seals[audience].open(sealed) as { readonly expiresAt: EpochSeconds } | null;
    return session !== null && session.expiresAt > now;
  };
}
