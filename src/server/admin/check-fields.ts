import * as v from "valibot";
import { Fault } from "../../core/fault.ts";
import { isJsonObject } from "../../core/json-object.ts";
import { nearest } from "../../core/nearest.ts";
import { acceptedValue } from "../../wire/accepted-value.ts";
import type { Fields } from "../../wire/brevet-api/admin/operation.ts";

/** Checks what was sent by its description. @throws {Fault} `REQUEST_INVALID` naming the field, what it is and what it takes. */
export function checkFields<Schema extends Fields>(schema: Schema, raw: unknown, where: string): v.InferOutput<Schema> {
  // valibot takes a list for an object without keys.
  if (!isJsonObject(raw)) throw new Fault("REQUEST_INVALID", `${where} has to be an object`);
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
  throw new Fault("REQUEST_INVALID", refusal(issue), { hints: missing(schema, issue) });
}

/** What a field takes that is not there. */
function missing({ entries }: Fields, issue: v.BaseIssue<unknown>): readonly string[] {
  const field = entries[v.getDotPath(issue) ?? ""];
  const [wanted] = field === undefined || issue.received !== "undefined" ? [] : (v.safeParse(field, undefined).issues ?? []);
  return wanted === undefined ? [] : [`it has to be ${acceptedValue(wanted)}`];
}

/** `limit is "0", and has to be a number from 1 to 200`. */
function refusal(issue: v.BaseIssue<unknown>): string {
  const at = v.getDotPath(issue) ?? "the request";
  if (issue.received === "undefined") return `${at} is missing`;
  // Of a nested object with a key that it does not have, the path names the key.
  if (issue.expected === "never") return `${at} is not known there`;
  return `${at} is ${shown(at, issue.input)}, and has to be ${acceptedValue(issue)}`;
}

const SHOWN_CHARACTERS = 60;

/** A value as its sender recognises it. A possible secret is not repeated: the answer may be logged where the request is not. */
function shown(at: string, value: unknown): string {
  if (/secret|jwks/i.test(at)) return "something else";
  if (value === null) return "null";
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : `a list of ${value.length}`;
  if (typeof value === "object") return "an object";
  if (typeof value !== "string") return String(value);
  return value.length <= SHOWN_CHARACTERS ? JSON.stringify(value) : `${JSON.stringify(value.slice(0, SHOWN_CHARACTERS))}…`;
}
