import type { IncomingMessage, ServerResponse } from "node:http";
import type { Unit } from "../store/unit.ts";

/**
 * What a page or an API endpoint is: a value in a list. The listener does for each what is the same for all: it finds the route,
 * refuses what the route does not take (method, content type, size, a parameter twice), opens the unit of work, commits it
 * before the answer goes out, and sends the security headers.
 */
export interface Route {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** `/people/:id`: a segment that begins with `:` stands for any one segment, decoded, in `parameters`. */
  readonly path: string;
  /** What the body is; `form` and `json` refuse every other content type. Default: none is read. */
  readonly body?: "form" | "json";
  /** A longer body is refused before it is read. Default 65,536. */
  readonly maxBodyBytes?: number;
  /**
   * Answers one request. What it collects in `unit` is committed when the answer's status is below 500, before it is sent.
   *
   * @throws {Fault} which becomes the answer that its code stands for, and undoes the unit.
   */
  answer(request: ServerRequest, unit: Unit): Promise<Answer>;
}

/** A request that its route takes. Nothing in it came from the `Host` header or from a proxy that is not trusted. */
export interface ServerRequest {
  readonly method: string;
  readonly path: string;
  readonly parameters: Readonly<Record<string, string>>;
  /** A parameter that came twice was refused. */
  readonly query: ReadonlyMap<string, string>;
  readonly cookies: ReadonlyMap<string, string>;
  /** By its name in lower case. */
  header(name: string): string | null;
  /** The fields of a `form`; a field that came twice was refused. */
  readonly form: ReadonlyMap<string, string>;
  /** The value of a `json` body; null for any other. */
  readonly json: unknown;
  /** The client's address, as the nearest trusted proxy saw it. */
  readonly address: string;
  /** Stands in the log and in the answer's `x-request-id`. */
  readonly id: string;
  /** The raw request and response, for what the OpenID provider does in place of a page. */
  readonly raw: { readonly request: IncomingMessage; readonly response: ServerResponse };
}

/** What goes out. The security headers come on top of it. */
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Whole `Set-Cookie` values. */
  readonly cookies?: readonly string[];
  readonly body?: string;
}

/** A JSON document that no cache may keep. @param cookies whole `Set-Cookie` values. */
export function jsonAnswer(status: number, value: unknown, cookies: readonly string[] = []): Answer {
  const headers = { "content-type": "application/json", "cache-control": "no-store" };
  return { status, headers, cookies, body: JSON.stringify(value) };
}
