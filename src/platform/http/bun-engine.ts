import type { LateBody } from "../../core/http.ts";
import { isLoopback } from "../../core/loopback.ts";
import { bodyCollector } from "./body.ts";
import { AnswerBroken, type ClientCertificate, type Engine, ProxyRefused } from "./engine.ts";
import { isNotHttp, NO_CONNECTION } from "./network-fault.ts";

/** What Bun's `fetch` takes besides the standard's members. */
interface BunFetchOptions {
  /** `false`: do not look at the environment either. */
  readonly proxy: string | false;
  readonly decompress: false;
  readonly keepalive: false;
  /** `rejectUnauthorized` is said aloud, because NODE_TLS_REJECT_UNAUTHORIZED=0 would otherwise turn verification off. */
  readonly tls: { readonly rejectUnauthorized: true; readonly ca?: readonly string[] } & Partial<ClientCertificate>;
}

interface BunResponse extends Response {
  bytes(): Promise<Uint8Array<ArrayBuffer>>;
}

interface BunHeaders extends Headers {
  toJSON(): Record<string, string> & { readonly "set-cookie"?: readonly string[] };
}

/**
 * The engine on Bun's own `fetch`: in the executable a whole HTTPS exchange costs 8 ms by it, 18 ms by `node:https`. Of a late body
 * the header goes ahead, and the answer is there 3 ms after the body.
 */
export const bunEngine: Engine = async (outgoing) => {
  const { request, url, proxy, authorities, clientCertificate } = outgoing;
  const bunOptions: BunFetchOptions = {
    proxy: proxy === null ? false : proxy.href,
    decompress: false,
    keepalive: false,
    tls: { rejectUnauthorized: true, ...(authorities === null ? {} : { ca: authorities }), ...clientCertificate },
  };
  const answer = await open(url, proxy, {
    method: request.method,
    headers: { "accept-encoding": "identity", ...lengthOf(request.body), ...request.headers },
    redirect: "manual",
    signal: outgoing.deadline,
    ...(request.body === undefined ? {} : { body: typeof request.body === "string" ? request.body : streamOf(request.body) }),
    ...(bunOptions as object),
  });
  // RFC 9112 §6.3: two lengths in one answer are how another answer is smuggled into it. Node itself refuses them.
  if (answer.headers.has("transfer-encoding") && answer.headers.has("content-length")) throw new AnswerBroken("not-http");
  const bodyless = request.method === "HEAD" || answer.status === 304;
  const declaredLength = bodyless ? null : answer.headers.get("content-length");
  const collector = bodyCollector(outgoing.maxBodyBytes);
  try {
    // A stream of the body takes three times as long.
    if (Number(declaredLength ?? Infinity) <= outgoing.maxBodyBytes) collector.add(await (answer as BunResponse).bytes());
    else if (answer.body !== null) for await (const part of answer.body) collector.add(part as Uint8Array);
  } catch (cause) {
    if (cause instanceof AnswerBroken || outgoing.deadline.aborted || isNotHttp(cause)) throw cause;
    throw new AnswerBroken("cut-off", cause);
  }
  const body = collector.finish(declaredLength);
  return { status: answer.status, headers: joinHeaders(answer.headers as BunHeaders), body };
};

/** `fetch`, with the refusal of a proxy told apart from that of the host behind it, and a refusal from whatever Bun calls one. */
async function open(url: URL, proxy: URL | null, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (cause) {
    const { code, status } = cause as { readonly code?: unknown; readonly status?: unknown };
    if (code === "ERR_PROXY_TUNNEL") throw new ProxyRefused(Number(status));
    throw code === "ECONNREFUSED" ? refusalBy(proxy ?? url, cause) : cause;
  }
}

/** Bun reports each failure to connect to a name as a refusal, even a missing network; for an address it tells them apart. */
export function refusalBy({ hostname }: URL, cause: unknown): unknown {
  const isAddress = hostname.startsWith("[") || /^[\d.]+$/.test(hostname);
  return isAddress || isLoopback(hostname)
    ? cause
    : Object.assign(new Error("no connection", { cause }), { code: NO_CONNECTION });
}

/** Said for a stream, which Bun would send in chunks otherwise. */
function lengthOf(body: string | LateBody | undefined): Record<string, string> {
  return typeof body === "object" ? { "content-length": String(body.byteLength) } : {};
}

/** `fetch` connects at once for a stream, and rejects with the fault of what makes it. */
function streamOf(body: LateBody): ReadableStream<Uint8Array> {
  return new ReadableStream({
    async pull(controller) {
      controller.enqueue(new TextEncoder().encode(await body.text()));
      controller.close();
    },
  });
}

function joinHeaders(headers: BunHeaders): Record<string, string> {
  const { "set-cookie": cookies, ...joined } = headers.toJSON();
  return cookies === undefined ? joined : { ...joined, "set-cookie": cookies.join(", ") };
}
