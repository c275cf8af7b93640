import type { Fault } from "./fault.ts";

/** What JSON calls an object, as it was read: nothing is known of its members. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Whether a value is what JSON calls an object: neither null nor a list. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The JSON object in a text; null for anything else. */
export function parseJsonObject(text: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : null;
  } catch {
    return null;
  }
}

/** The JSON value in a text. @param refuse makes the fault of the parser's error, which quotes the text. */
export function parseJson(text: string, refuse: (cause: unknown) => Fault): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw refuse(cause);
  }
}

/**
 * Reads JSON that this program has written itself and nobody else can change: a sealed entry, a row of its own database, a state of its
 * plans, a line from a process that it has started. `T` is what was written. All that others can write is parsed instead.
 */
export function readOwnJson<T>(text: string): T {
  return JSON.parse(text) as T;
}
