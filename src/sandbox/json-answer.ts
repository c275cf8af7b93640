import type { SandboxAnswer } from "./service.ts";

/** An answer of a JSON API, not to be cached (RFC 6749 §5.1). */
export function jsonAnswer(status: number, body: Readonly<Record<string, unknown>>): SandboxAnswer {
  const headers = { "content-type": "application/json; charset=utf-8", "cache-control": "no-store" };
  return { status, headers, body: `${JSON.stringify(body, null, 2)}\n` };
}
