import assert from "node:assert/strict";
import type { HttpRequest } from "../../src/core/http.ts";

/** The body of a request that was made with all of it at hand. */
export function wholeBody({ body }: HttpRequest): string | undefined {
  assert.ok(typeof body !== "object", "the body of this request comes later");
  return body;
}
