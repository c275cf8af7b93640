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
  refuseUnknown(schema, raw, where, []);
  const result = v.safeParse(schema, raw, { abortEarly: true });
  if (result.success) return result.output;
  const [issue] = result.issues;
  throw new Fault("REQUEST_INVALID", refusal(issue), { hints: missing(schema, issue) });
}

/** What a schema is made of, as far as it says which fields there are. */
interface Part {
  readonly type: string;
  readonly entries?: Readonly<Record<string, Part>>;
  readonly item?: Part;
  readonly wrapped?: Part;
}

/** @throws {Fault} `REQUEST_INVALID` for the first field, here or further in, that the schema does not know. */
function refuseUnknown({ type, entries, item, wrapped }: Part, raw: unknown, where: string, path: Path): void {
  if (wrapped !== undefined) refuseUnknown(wrapped, raw, where, path);
  if (item !== undefined && Array.isArray(raw)) {
    for (const [index, one] of raw.entries()) refuseUnknown(item, one, where, [...path, index]);
  }
  if (entries === undefined || !isJsonObject(raw)) return;
  const known = Object.keys(entries);
  for (const [key, value] of Object.entries(raw)) {
    const part = Object.hasOwn(entries, key) ? entries[key] : undefined;
    if (part !== undefined) refuseUnknown(part, value, where, [...path, key]);
    else if (type === "strict_object") throw unknownField(path.length === 0 ? where : placeOf(path), key, known);
  }
}

function unknownField(where: string, key: string, known: readonly string[]): Fault {
  const meant = nearest(key, known);
  const there = known.length === 0 ? "it takes no fields" : `the fields there are ${known.join(", ")}`;
  return new Fault("REQUEST_INVALID", `${where} has an unknown field "${key}"`, {
    hints: [meant === null ? there : `did you mean "${meant}"?`],
  });
}

/** What leads to a value: names of fields, and indices in lists. */
type Path = readonly (string | number)[];

/** `groups`, or in a list, which people count from one: `effect in number 2 of rules`. */
function placeOf(path: Path): string {
  const at = path.findLastIndex((key) => typeof key === "number");
  if (at === -1) return path.join(".");
  const item = `number ${Number(path[at]) + 1} of ${placeOf(path.slice(0, at))}`;
  return at === path.length - 1 ? item : `${path.slice(at + 1).join(".")} in ${item}`;
}

/** What a field takes that is not there. */
function missing({ entries }: Fields, issue: v.BaseIssue<unknown>): readonly string[] {
  const field = entries[v.getDotPath(issue) ?? ""];
  const [wanted] = field === undefined || issue.received !== "undefined" ? [] : (v.safeParse(field, undefined).issues ?? []);
  return wanted === undefined ? [] : [`it has to be ${acceptedValue(wanted)}`];
}

/** `limit is "0", and has to be a number from 1 to 200`. */
function refusal(issue: v.BaseIssue<unknown>): string {
  const at = placeOf(issue.path?.map(({ key }) => key as string | number) ?? []) || "the request";
  if (issue.received === "undefined") return `${at} is missing`;
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
