import { Fault } from "../../core/fault.ts";
import { type EpochSeconds, formatUtc } from "../../core/time.ts";
import type { RequestRecord } from "../http/handle.ts";

/**
 * A line for each request, and one for what goes wrong in the background. They hold the route and never the URL, and no header and no
 * body, because codes, tokens and cookies are in those. What pages are drawn with is counted alone, as public documents are.
 */
export interface ServerLog {
  request(record: RequestRecord): void;
  failure(what: string, cause: unknown): void;
}

/** Lines of JSON, for programs. */
export function serverLog(now: () => EpochSeconds, write: (line: string) => void): ServerLog {
  const line = (level: "info" | "error", fields: object): void =>
    write(`${JSON.stringify({ time: formatUtc(now()), level, ...fields })}\n`);
  return {
    request(record) {
      if (isAsset(record)) return;
      const { id, method, route, status, address, seconds, cause } = record;
      const fields = { request: id, method, route, status, address, ms: Math.round(seconds * 1000) };
      line(status >= 500 ? "error" : "info", cause === null ? fields : { ...fields, cause: describe(cause) });
    },
    failure: (what, cause) => line("error", { what, cause: describe(cause) }),
  };
}

/** Lines in words, for a person who tries the server on a terminal. @param say one line of text. */
export function serverLogInWords(now: () => EpochSeconds, say: (line: string) => void): ServerLog {
  const line = (text: string): void => say(`${formatUtc(now())} ${text}`);
  return {
    request(record) {
      if (isAsset(record)) return;
      const { method, route, status, address, seconds, cause } = record;
      const why = cause === null ? "" : `: ${describe(cause)}`;
      line(`${method} ${route} → ${status} for ${address}, ${Math.round(seconds * 1000)} ms${why}`);
    },
    failure: (what, cause) => line(`${what}: ${describe(cause)}`),
  };
}

function isAsset({ route, status }: RequestRecord): boolean {
  return route.startsWith("/assets/") && status < 400;
}

/** A fault by its code and message; of anything else its message, and of what it translates the same. */
function describe(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  const own = cause instanceof Fault ? `${cause.code}: ${cause.message}` : `${cause.name}: ${cause.message}`;
  const beneath = cause.cause === undefined || cause.cause === null ? "" : ` (${describe(cause.cause)})`;
  return new Fault("INTERNAL", `${own}${beneath}`).message;
}
