import { Fault } from "../../core/fault.ts";
import type { FaultCode } from "../../core/fault-codes.ts";
import { isUnavailable } from "../store/unavailable.ts";
import type { Answer } from "./route.ts";

/** Why a request was refused, for programs and for people. */
export interface Problem {
  readonly status: number;
  readonly code: FaultCode;
  /** What happened, to which of the client's values. */
  readonly detail: string;
  readonly hints?: readonly string[];
  /** The `error` of OAuth, for clients that read it. */
  readonly error?: string;
}

/** An answer that says what went wrong. @see RFC 9457 */
export function problemAnswer({ status, code, detail, hints = [], error }: Problem): Answer {
  const body = {
    type: `urn:brevet:fault:${code}`,
    // Not the code's documentation: the built program is without it.
    title: code.toLowerCase().replaceAll("_", " "),
    status,
    code,
    detail,
    ...(hints.length === 0 ? {} : { hints }),
    ...(error === undefined ? {} : { error }),
  };
  return {
    status,
    headers: { "content-type": "application/problem+json", "cache-control": "no-store" },
    body: JSON.stringify(body),
  };
}

/** A fault as a problem, with the status of its code. An internal cause is not told, but for a database that is away or full. */
export function problemOf(cause: unknown, status: number): Problem {
  if (cause instanceof Fault && status < 500) return { status, code: cause.code, detail: cause.message, hints: cause.hints };
  if (!isUnavailable(cause)) return { status, code: "INTERNAL", detail: "something went wrong inside of the login server" };
  const detail =
    cause.code === "DATABASE_FULL"
      ? "the disk of the login server's database is full"
      : "the login server's database does not answer";
  return { status, code: cause.code, detail, hints: ["try it again later; the server's log says more"] };
}
