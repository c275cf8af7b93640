import { Fault } from "../../core/fault.ts";
import { nearest } from "../../core/nearest.ts";
import type { Place } from "../../core/place.ts";

/**
 * To be called before everything else: of a misspelt key that is needed, "did you mean" helps and "is missing" does not.
 *
 * @param where the place of the block, for messages.
 * @throws {Fault} `CONFIG_KEY_UNKNOWN` with the nearest known key.
 */
export function refuseUnknownKeys(block: object, known: readonly string[], where: Place): void {
  for (const key of Object.keys(block)) {
    if (known.includes(key)) continue;
    const meant = nearest(key, known);
    throw new Fault("CONFIG_KEY_UNKNOWN", `${where} has an unknown key "${key}"`, {
      hints: [meant === null ? listed(known) : `did you mean "${meant}"?`],
      details: { at: where.path, key, meant, known },
    });
  }
}

function listed(known: readonly string[]): string {
  return known.length === 0 ? "there are no keys at all" : `the keys there are ${known.join(", ")}`;
}
