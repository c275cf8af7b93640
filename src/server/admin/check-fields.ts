import * as v from "valibot";
import { Fault } from "../../core/fault.ts";
import { nearest } from "../../core/nearest.ts";
import type { Fields } from "../../wire/brevet-api/admin/operation.ts";

/** Checks what was sent by its description. @throws {Fault} `REQUEST_INVALID` naming the field. */
export function checkFields<Schema extends Fields>(schema: Schema, raw: unknown, where: string): v.InferOutput<Schema> {
  // valibot takes a list for an object without keys.
  if (typeof raw !== "object" || raw === null || Array.isArray(raw)) {
    throw new Fault("REQUEST_INVALID", `${where} has to be an object`);
  }
  const known = Object.keys(schema.entries);
  for (const key of Object.keys(raw)) {
    if (known.includes(key)) continue;
    const meant = nearest(key, known);
    const there = known.length === 0 ? "it takes no fields" : `the fields there are ${known.join(", ")}`;
    throw new Fault("REQUEST_INVALID", `${where} has an unknown field "${key}"`, {
      hints: [meant === null ? there : `did you mean "${meant}"?`],
    });
  }
  const result = v.safeParse(schema, raw, { abortEarly: true });
  if (result.success) return result.output;
  const [issue] = result.issues;
  throw new Fault("REQUEST_INVALID", `${where} is not as it has to be: ${v.getDotPath(issue) ?? "it"}: ${issue.message}`);
}
