import * as v from "valibot";
import { Fault } from "../../core/fault.ts";
import { isJsonObject } from "../../core/json-object.ts";
import type { Place } from "../../core/place.ts";
import { acceptedValue } from "../accepted-value.ts";
import { refuseUnknownKeys } from "./refuse-unknown-keys.ts";

/** The schema of a block of options: an object of known keys, each with a description that the reference is made from. */
export type OptionsSchema = v.StrictObjectSchema<v.ObjectEntries, undefined>;

/**
 * Checks the shape of a kind's block of options; the kind itself checks the values.
 *
 * @param where the place of the block, for messages.
 * @throws {Fault} `CONFIG_KEY_UNKNOWN` with the nearest known key; `CONFIG_MALFORMED` naming the key.
 */
export function parseOptions<const Schema extends OptionsSchema>(
  schema: Schema,
  raw: unknown,
  where: Place,
): v.InferOutput<Schema> {
  // valibot takes a list for an object without keys.
  if (!isJsonObject(raw)) {
    throw new Fault("CONFIG_MALFORMED", `${where} has to be an object`, { details: { at: where.path } });
  }
  refuseUnknownKeys(raw, Object.keys(schema.entries), where);
  const result = v.safeParse(schema, raw, { abortEarly: true });
  if (result.success) return result.output;
  const [issue] = result.issues;
  const path = v.getDotPath(issue);
  const at = path === null ? where : path.split(".").reduce((place, key) => place.at(key), where);
  const problem = issue.received === "undefined" ? "is missing" : `has to be ${acceptedValue(issue)}`;
  throw new Fault("CONFIG_MALFORMED", `${at} ${problem}`, { details: { at: at.path } });
}
