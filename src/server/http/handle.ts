import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { Fault } from "../../core/fault.ts";
import { laterHint } from "../../platform/http/retry.ts";
import { isEndpoint } from "../../wire/brevet-api/endpoints.ts";
import type { Unit } from "../store/unit.ts";
import type { ClientAddress } from "./client-address.ts";
import { type Problem, problemAnswer, problemOf } from "./problem.ts";
import { readRequest } from "./read-request.ts";
import type { Answer, Route } from "./route.ts";
import type { Match, Router } from "./router.ts";
import { statusOf } from "./status.ts";

/** What one request was, for the log and the metrics. Never a query, a body or a header: they hold codes and tokens. */
export interface RequestRecord {
  readonly id: string;
  readonly method: string;
  /** The route's own path, or `oauth` for what the provider served. */
  readonly route: string;
  readonly status: number;
  readonly address: string;
  readonly seconds: number;
  /** Of an answer of 500 or more. */
  readonly cause: unknown;
}

/** What requests are handled with. */
export interface HandlerParts {
  readonly issuer: string;
  readonly router: Router;
  readonly headers: Readonly<Record<string, string>>;
  readonly clientAddress: ClientAddress;
  readonly openUnit: () => Unit;
  /** Serves what no route does: the OpenID provider, which commits the unit itself. */
  readonly provider: (request: IncomingMessage, response: ServerResponse, unit: Unit) => Promise<unknown>;
  /** Of a clock that never goes back. */
  readonly elapsedMs: () => number;
  /** Sends a public document that is ready, if one is asked for; such requests are counted, not logged. */
  readonly document: (request: IncomingMessage, response: ServerResponse) => boolean;
  /** How many seconds a client that asks too often has to wait; null: it may go on. */
  readonly limit: (address: string, path: string) => number | null;
  readonly log: (record: RequestRecord) => void;
  /**
   * The pages for a path that cannot be asked for in that way (reloading the answer to a form sends a GET), and for an absent
   * database.
   */
  readonly pages: { absent(): string; unavailable(): string };
}

/** Null: it was answered at once. */
export type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void> | null;

/** Handles a request: by a route, else by an endpoint of the OpenID provider. */
export function createHandler(parts: HandlerParts): Handler {
  const { router, clientAddress, elapsedMs, log } = parts;
  const headers = Object.entries(parts.headers);
  // The public documents are asked for most: nothing is made for them, not even a promise.
  return (request, response) => {
    request.url = originForm(request.url ?? "/");
    return parts.document(request, response) ? null : handle(request, response);
  };

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const started = elapsedMs();
    const id = randomUUID();
    const address = clientAddress(request.socket.remoteAddress, singleHeader(request, "x-forwarded-for"));
    const [path, search] = splitUrl(request.url ?? "/");
    const done = (route: string, cause: unknown): void => {
      const seconds = (elapsedMs() - started) / 1000;
      log({ id, method: request.method ?? "", route, status: response.statusCode, address, seconds, cause });
    };
    for (const [name, value] of headers) response.setHeader(name, value);
    response.setHeader("x-request-id", id);
    const match = router(request.method ?? "GET", path);
    const wait = parts.limit(address, path);
    if (wait !== null) {
      send(request, response, tooMany(wait));
      return done("limited", null);
    }
    if (match.kind === "none" && isEndpoint(path)) {
      return done("oauth", await serveByProvider(parts, request, response, address));
    }
    if (match.kind !== "route") {
      send(request, response, nothingThere(request, path, match, parts.pages.absent()));
      return done("none", null);
    }
    const unit = parts.openUnit();
    const head = { path, search, parameters: match.parameters, address, id };
    const { answer, cause } = await answerRoute(match.route, head, { request, response }, unit);
    const page = answer.status === 503 && cause !== null && wantsPage(request);
    send(request, response, page ? { ...answer, headers: PAGE, body: parts.pages.unavailable() } : answer);
    done(match.route.path, cause);
  }
}

/** No form that the provider takes is longer. */
const PROVIDER_MAX_BYTES = 65_536;

function serveByProvider(
  { issuer, openUnit, provider }: HandlerParts,
  request: IncomingMessage,
  response: ServerResponse,
  address: string,
): Promise<unknown> {
  if (Number(request.headers["content-length"] ?? 0) > PROVIDER_MAX_BYTES) {
    send(request, response, problemAnswer({ ...invalid(413, "the body is too long"), error: "invalid_request" }));
    return Promise.resolve(null);
  }
  speakForIssuer(request, issuer, address);
  return provider(request, response, openUnit());
}

function nothingThere(
  request: IncomingMessage,
  path: string,
  match: Exclude<Match, { readonly kind: "route" }>,
  page: string,
): Answer {
  const status = match.kind === "method" ? 405 : 404;
  const allow = match.kind === "method" ? { allow: match.allowed.join(", ") } : {};
  if (wantsPage(request)) return { status, headers: { ...PAGE, ...allow }, body: page };
  const refusal = problemAnswer({ status, code: "RECORD_ABSENT", detail: `there is no ${request.method} ${path} here` });
  return { ...refusal, headers: { ...refusal.headers, ...allow } };
}

const PAGE = { "content-type": "text/html; charset=utf-8", "cache-control": "no-store" };

function wantsPage({ headers }: IncomingMessage): boolean {
  return headers.accept?.includes("text/html") === true;
}

function tooMany(waitSeconds: number): Answer {
  const refused = {
    status: 429,
    code: "REQUESTS_TOO_MANY",
    detail: "too many requests",
    hints: [laterHint(waitSeconds)],
    error: "temporarily_unavailable",
  } as const;
  const refusal = problemAnswer(refused);
  return { ...refusal, headers: { ...refusal.headers, "retry-after": String(waitSeconds) } };
}

type Outcome = { readonly answer: Answer; readonly cause: unknown };

async function answerRoute(
  route: Route,
  head: Parameters<typeof readRequest>[1],
  raw: Parameters<typeof readRequest>[2],
  unit: Unit,
): Promise<Outcome> {
  try {
    const read = await readRequest(route, head, raw);
    if ("reason" in read) return { answer: problemAnswer(invalid(read.status, read.reason)), cause: null };
    const answer = await route.answer(read, unit);
    if (answer.status < 500) await unit.commit();
    return { answer, cause: null };
  } catch (cause) {
    unit.discard();
    const status = cause instanceof Fault ? statusOf(cause.code) : 500;
    // The cause is for the log; the client gets the request's id to ask with.
    return { answer: problemAnswer(problemOf(cause, status)), cause: status >= 500 ? cause : null };
  }
}

function invalid(status: number, detail: string): Problem {
  return { status, code: "REQUEST_INVALID", detail };
}

function send(
  request: IncomingMessage,
  response: ServerResponse,
  { status, headers = {}, cookies = [], body = "" }: Answer,
): void {
  if (response.headersSent) return;
  response.statusCode = status;
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  if (cookies.length > 0) response.setHeader("set-cookie", [...cookies]);
  // A body that was not read would be taken for the next request of the connection.
  if (!request.complete && request.method !== "GET" && request.method !== "HEAD") response.setHeader("connection", "close");
  response.setHeader("content-length", Buffer.byteLength(body));
  response.end(request.method === "HEAD" ? undefined : body);
}

/**
 * The provider makes its URLs of what the request says of itself. So that no `Host` header and no proxy can have it name another
 * place, the request says what we know: the issuer's host and scheme, and the client's address.
 */
function speakForIssuer(request: IncomingMessage, issuer: string, address: string): void {
  const [protocol = "", host = ""] = issuer.split("://");
  request.headers.host = host;
  request.headers["x-forwarded-host"] = undefined;
  request.headers["x-forwarded-proto"] = protocol;
  request.headers["x-forwarded-for"] = address;
}

function singleHeader(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === "string" ? value : value?.join(", ");
}

/** Without the scheme and host that a target may name (RFC 9112 §3.2.2): they are the issuer's, as those of the headers are. */
function originForm(target: string): string {
  if (target.startsWith("/")) return target;
  const rest = target.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, "");
  return rest.startsWith("/") ? rest : `/${rest}`;
}

function splitUrl(url: string): readonly [path: string, search: string] {
  const at = url.indexOf("?");
  return at < 0 ? [url, ""] : [url.slice(0, at), url.slice(at + 1)];
}
