import { isJsonObject } from "../../core/json-object.ts";
import type { SandboxRequest } from "../service.ts";
import { Refusal } from "./refusal.ts";

/** The parameters of a request, by their names of RFC 8693. */
export type Parameters = ReadonlyMap<string, string>;

/**
 * Reads a form, as OAuth clients send it, or JSON, as Google's API describes it (`subjectToken` or `subject_token`).
 *
 * @throws {Refusal} `invalid_request` for another body and for a parameter given twice (RFC 6749 §3.2).
 */
export function readParameters(request: SandboxRequest): Parameters {
  const type = request.headers.get("content-type")?.[0] ?? "";
  const entries = /^application\/json\b/i.test(type) ? readJson(request.body) : [...new URLSearchParams(request.body)];
  const parameters = new Map<string, string>();
  for (const [name, value] of entries) {
    const snake = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    if (parameters.has(snake)) throw new Refusal("invalid_request", "A parameter is given more than once.");
    parameters.set(snake, value);
  }
  return parameters;
}

function readJson(body: string): readonly (readonly [string, string])[] {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    throw new Refusal("invalid_request", "The body is not JSON.");
  }
  if (!isJsonObject(value)) {
    throw new Refusal("invalid_request", "The body is not a JSON object.");
  }
  return Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === "string");
}
