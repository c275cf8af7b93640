import type { IncomingMessage, ServerResponse } from "node:http";
import { readCookies } from "./cookies.ts";
import type { Route, ServerRequest } from "./route.ts";

/** Why a route does not take a request, with the status for the client. */
export interface Refusal {
  readonly status: 400 | 413 | 415;
  readonly reason: string;
}

/** What the listener knows of a request before its body. */
export interface RequestHead {
  readonly path: string;
  readonly search: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly address: string;
  readonly id: string;
}

const DEFAULT_MAX_BYTES = 65_536;
const CONTENT_TYPES = { form: "application/x-www-form-urlencoded", json: "application/json" } as const;

/** Reads a request as its route wants it. @returns why it is not so, when it is not. */
export async function readRequest(
  route: Route,
  head: RequestHead,
  raw: { readonly request: IncomingMessage; readonly response: ServerResponse },
): Promise<ServerRequest | Refusal> {
  const query = readFields(head.search);
  if (query === null) return { status: 400, reason: "a query parameter came twice" };
  const headers = raw.request.headers;
  let form: ReadonlyMap<string, string> = new Map();
  let json: unknown = null;
  if (route.body !== undefined) {
    const type = (headers["content-type"] ?? "").split(";")[0]?.trim().toLowerCase();
    if (type !== CONTENT_TYPES[route.body]) return { status: 415, reason: `the body has to be ${CONTENT_TYPES[route.body]}` };
    const text = await readBody(raw.request, route.maxBodyBytes ?? DEFAULT_MAX_BYTES);
    if (text === null) return { status: 413, reason: "the body is too long" };
    const parsed = route.body === "form" ? readFields(text) : readJson(text);
    if (parsed === null) return { status: 400, reason: route.body === "form" ? "a field came twice" : "the body is not JSON" };
    if (route.body === "form") form = parsed as ReadonlyMap<string, string>;
    else json = (parsed as { readonly value: unknown }).value;
  }
  return {
    method: raw.request.method ?? "GET",
    path: head.path,
    parameters: head.parameters,
    query,
    cookies: readCookies(headers.cookie ?? ""),
    header: (name) => firstOf(headers[name]),
    form,
    json,
    address: head.address,
    id: head.id,
    raw,
  };
}

/** Null when a name comes twice: readers would not agree on which one counts. */
function readFields(text: string): ReadonlyMap<string, string> | null {
  const fields = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(text)) {
    if (fields.has(name)) return null;
    fields.set(name, value);
  }
  return fields;
}

function readJson(text: string): { readonly value: unknown } | null {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return null;
  }
}

/** Null when it is longer. A body whose length is announced is refused without being read. */
async function readBody(request: IncomingMessage, maxBytes: number): Promise<string | null> {
  if (Number(request.headers["content-length"] ?? 0) > maxBytes) return null;
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function firstOf(value: string | readonly string[] | undefined): string | null {
  return typeof value === "string" ? value : (value?.[0] ?? null);
}
