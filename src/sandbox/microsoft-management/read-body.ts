import { isJsonObject } from "../../core/json-object.ts";
import { Refusal } from "./refusal.ts";

/** An object of a request or of an answer. */
export type Resource = Readonly<Record<string, unknown>>;

/** What callers may write, and what it has to be. */
export type Shape = Readonly<Record<string, "text" | "boolean" | "texts" | "object">>;

/** @throws {Refusal} 400, for members that the resource does not have too. */
export function readBody(body: string, shape: Shape): Resource {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    throw new Refusal(400, "BadRequest", "Unable to read JSON request payload.");
  }
  return checkShape(value, shape);
}

/** @throws {Refusal} 400 */
export function checkShape(value: unknown, shape: Shape): Resource {
  if (!isJsonObject(value)) throw new Refusal(400, "BadRequest", "The request payload is no object.");
  for (const [name, member] of Object.entries(value)) {
    const kind = Object.hasOwn(shape, name) ? shape[name] : undefined;
    if (kind === undefined || !IS[kind](member)) {
      throw new Refusal(400, "Request_BadRequest", `Invalid property '${name.slice(0, 100)}'.`);
    }
  }
  return value;
}

const isText = (value: unknown): boolean => typeof value === "string";
const IS: Readonly<Record<Shape[string], (value: unknown) => boolean>> = {
  text: isText,
  boolean: (value) => typeof value === "boolean",
  texts: (value) => Array.isArray(value) && value.every(isText),
  object: isJsonObject,
};
