import * as v from "valibot";
import { Fault } from "../../core/fault.ts";
import { isJsonObject } from "../../core/json-object.ts";
import { nearest } from "../../core/nearest.ts";
import { acceptedValue } from "../accepted-value.ts";

/** The schema of a block of options: an object of known keys, each with a description that the reference is made from. */
export type OptionsSchema = v.StrictObjectSchema<v.ObjectEntries, undefined>;

/**
 * Checks the shape of a kind's block of options; the kind itself checks the values.
 *
 * @param where the place of the block, for messages: `profiles.dev.aws`.
 * @throws {Fault} `CONFIG_KEY_UNKNOWN` with the nearest known key; `CONFIG_MALFORMED` naming the key.
 */
export function parseOptions<const Schema extends OptionsSchema>(
  schema: Schema,
  raw: unknown,
  where: string,
): v.InferOutput<Schema> {
  // valibot takes a list for an object without keys.
  if (!isJsonObject(raw)) {
    throw new Fault("CONFIG_MALFORMED", `${where} has to be an object`, { details: { at: where } });
  }
  refuseUnknownKeys(schema, raw, where);
  const result = v.safeParse(schema, raw, { abortEarly: true });
  if (result.success) return result.output;
  const [issue] = result.issues;
  const at = [where, v.getDotPath(issue)].filter((part) => part !== null).join(".");
  const problem = issue.received === "undefined" ? "is missing" : `has to be ${acceptedValue(issue)}`;
  throw new Fault("CONFIG_MALFORMED", `${at} ${problem}`, { details: { at } });
}

/** Before everything else: of a misspelt key that is needed, "did you mean" helps and "is missing" does not. */
function refuseUnknownKeys(schema: OptionsSchema, raw: object, where: string): void {
  const known = Object.keys(schema.entries);
  for (const key of Object.keys(raw)) {
    if (known.includes(key)) continue;
    const meant = nearest(key, known);
    throw new Fault("CONFIG_KEY_UNKNOWN", `${where} has an unknown key "${key}"`, {
      hints: [meant === null ? listed(known) : `did you mean "${meant}"?`],
      details: { at: where, key, meant, known },
    });
  }
}

function listed(known: readonly string[]): string {
  return known.length === 0 ? "there are no keys at all" : `the keys there are ${known.join(", ")}`;
}
