import { Fault } from "../../core/fault.ts";
import { nearest } from "../../core/nearest.ts";

/**
 * To be called before everything else: of a misspelt key that is needed, "did you mean" helps and "is missing" does not.
 *
 * @param at the place of the block, for messages: `profiles.dev`.
 * @param file what the message begins with, where the place alone does not tell.
 * @throws {Fault} `CONFIG_KEY_UNKNOWN` with the nearest known key.
 */
export function refuseUnknownKeys(block: object, known: readonly string[], at: string, file?: string): void {
  for (const key of Object.keys(block)) {
    if (known.includes(key)) continue;
    const meant = nearest(key, known);
    const message = `${file === undefined ? "" : `${file}: `}${at} has an unknown key "${key}"`;
    throw new Fault("CONFIG_KEY_UNKNOWN", message, {
      hints: [meant === null ? listed(known) : `did you mean "${meant}"?`],
      details: { at, key, meant, known },
    });
  }
}

function listed(known: readonly string[]): string {
  return known.length === 0 ? "there are no keys at all" : `the keys there are ${known.join(", ")}`;
}
