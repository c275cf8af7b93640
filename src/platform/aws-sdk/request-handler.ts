import { Readable } from "node:stream";
import { Fault } from "../../core/fault.ts";
import type { Http, HttpRequest } from "../../core/http.ts";
import { shellCommand } from "../../core/shell-command.ts";
import { requireAnswerOfAws } from "./foreign-answer.ts";

/** A request as the AWS SDK signed it. */
export interface SdkRequest {
  readonly method: string;
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number;
  readonly path: string;
  readonly query?: Readonly<Record<string, string | readonly string[] | null>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

interface SdkResponse {
  readonly response: { readonly statusCode: number; readonly headers: Record<string, string>; readonly body: Readable };
}

/** The part of the AWS SDK that reaches the network, as its clients take it. */
export interface SdkRequestHandler {
  handle(request: SdkRequest): Promise<SdkResponse>;
}

const DEADLINE_MS = 30_000;

/**
 * Lets the clients of the AWS SDK reach the network through our own Http port, so that proxies, added certificate authorities
 * and the words for what stopped a connection are the same for them as for everything else. The SDK's own handler knows no proxy.
 */
export function sdkRequestHandler(http: Http): SdkRequestHandler {
  return {
    async handle(request) {
      const body = bodyText(request.body);
      const answer = await http({
        method: request.method as HttpRequest["method"],
        url: urlOf(request),
        headers: request.headers,
        deadlineMs: DEADLINE_MS,
        ...(body === undefined ? {} : { body }),
      }).catch((cause: unknown) => refuse(cause, request));
      requireAnswerOfAws(request, answer);
      const bytes = Buffer.from(answer.body, "utf8");
      return { response: { statusCode: answer.status, headers: { ...answer.headers }, body: Readable.from([bytes]) } };
    },
  };
}

/**
 * The SDK decides by the cause whether to repeat a call, up to five times with half a minute of silence each, so it is left out.
 */
function refuse(cause: unknown, request: SdkRequest): never {
  if (!(cause instanceof Fault) || !/^NETWORK_(TIMEOUT|UNREACHABLE)$/.test(cause.code)) throw cause;
  const hints = [
    ...cause.hints,
    `\`${shellCommand`curl --head ${new URL(urlOf(request)).origin}`}\` shows whether anything answers there`,
    "then run the same command again: it goes on where it stopped",
  ];
  const isSilent = cause.code === "NETWORK_TIMEOUT";
  throw new Fault(cause.code, cause.message, { hints, details: cause.details, ...(isSilent ? {} : { cause: cause.cause }) });
}

function urlOf({ protocol, hostname, port, path, query = {} }: SdkRequest): string {
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    value === null ? [encoded(name)] : [value].flat().map((one) => `${encoded(name)}=${encoded(one)}`),
  );
  const search = pairs.length === 0 ? "" : `?${pairs.sort().join("&")}`;
  return `${protocol}//${hostname}${port === undefined ? "" : `:${port}`}${path}${search}`;
}

/** As Signature Version 4 writes a query: what it signed has to be what is sent. */
function encoded(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** Every body that brevet sends to AWS is text. */
function bodyText(body: unknown): string | undefined {
  if (body === undefined || body === null) return undefined;
  if (typeof body === "string") return body;
  if (body instanceof Uint8Array) return Buffer.from(body).toString("utf8");
  throw new TypeError("a request to AWS has a body that is not text");
}
