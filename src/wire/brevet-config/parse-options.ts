import * as v from "valibot";
import { Fault } from "../../core/fault.ts";
import { nearest } from "../../core/nearest.ts";

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
  const result = v.safeParse(schema, raw, { abortEarly: true });
  if (result.success) return result.output;
  const [issue] = result.issues;
  const at = [where, v.getDotPath(issue)].filter((part) => part !== null).join(".");
  const key = String(issue.path?.at(-1)?.key);
  if (issue.type === "strict_object" && issue.expected === "never") {
    const meant = nearest(key, Object.keys(schema.entries));
    throw new Fault("CONFIG_KEY_UNKNOWN", `${where} has an unknown key "${key}"`, {
      hints: [meant === null ? `the keys there are ${Object.keys(schema.entries).join(", ")}` : `did you mean "${meant}"?`],
      details: { at, key },
    });
  }
  const problem = issue.received === "undefined" ? "is missing" : `is not what is needed there: ${issue.message}`;
  throw new Fault("CONFIG_MALFORMED", `${at} ${problem}`, { details: { at } });
}
