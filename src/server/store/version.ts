import { createHash } from "node:crypto";

/** What something is at this moment, in a few characters: another one as soon as anything in it is another. */
export function versionOf(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("base64url").slice(0, 22);
}
