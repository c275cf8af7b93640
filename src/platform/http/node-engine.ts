import type { ClientRequest, IncomingMessage } from "node:http";
import type { RequestOptions } from "node:https";
import type { HttpResponse } from "../../core/http.ts";
import { bodyCollector } from "./body.ts";
import { AnswerBroken, type Engine, type Outgoing, ProxyRefused } from "./engine.ts";
import { isNotHttp } from "./network-fault.ts";

/**
 * The engine on `node:https` (for loopback: `node:http`). Each request has its own connection: a credential helper makes
 * one and ends, and a connection that the far side closed meanwhile would look like a failure.
 */
export const nodeEngine: Engine = async (outgoing) => {
  const { url, request } = outgoing;
  const secure = url.protocol === "https:";
  const { request: open } = secure ? await import("node:https") : await import("node:http");
  // A connection that is made meanwhile makes the answers of a chip come later: its handshake runs on the same thread.
  const body = typeof request.body === "object" ? await request.body.text() : request.body;
  const options = await connectionOptions(outgoing);
  return new Promise<HttpResponse>((resolve, reject) => {
    const sent = open(url, { ...options, method: request.method, headers: requestHeaders(outgoing), signal: outgoing.deadline });
    // A proxy's own answer must never pass for the answer of the host behind it.
    sent.on("proxyConnect", (answer: { readonly statusCode: number }) => {
      if (answer.statusCode !== 200) sent.destroy(new ProxyRefused(answer.statusCode));
    });
    sent.once("proxy", ({ socket }: { readonly socket: { destroy(): void } }) => sent.once("close", () => socket.destroy()));
    // Stays: a connection may fail once more after it was given up.
    sent.on("error", reject);
    // 101: nobody asked for another protocol, and without a listener Node would drop the request without a word.
    sent.once("upgrade", (_answer, socket) => {
      socket.destroy();
      reject(Object.assign(new Error("the answer changes to another protocol"), { code: "UnrequestedUpgrade" }));
    });
    sent.once("response", (answer) => void readAnswer(answer, sent, outgoing).then(resolve, reject));
    sent.end(body);
  });
};

async function connectionOptions({
  url,
  proxy,
  authorities,
  resolve,
  deadline,
  clientCertificate,
}: Outgoing): Promise<RequestOptions> {
  // Said aloud, because NODE_TLS_REJECT_UNAUTHORIZED=0 would otherwise turn verification off.
  const trust = { rejectUnauthorized: true, ...(authorities === null ? {} : { ca: [...authorities] }) };
  // For the host alone: a proxy is somebody else.
  const own = clientCertificate ?? {};
  if (resolve !== null) {
    return { ...trust, ...own, agent: false, hostname: resolve.address, port: resolve.addressPort, servername: url.hostname };
  }
  if (proxy === null) return { ...trust, ...own, agent: false };
  const { HttpsProxyAgent } = await import("https-proxy-agent");
  // The request does not know the connection to the proxy before it is a tunnel, so the deadline has to be told to both.
  return { ...trust, ...own, agent: new HttpsProxyAgent(proxy, { ...trust, signal: deadline }) };
}

function requestHeaders({ request, url }: Outgoing): Record<string, string> {
  const { body } = request;
  const length = typeof body === "string" ? Buffer.byteLength(body) : body?.byteLength;
  const declared = length === undefined ? {} : { "content-length": String(length) };
  return { host: url.host, "accept-encoding": "identity", connection: "close", ...declared, ...request.headers };
}

async function readAnswer(answer: IncomingMessage, sent: ClientRequest, outgoing: Outgoing): Promise<HttpResponse> {
  const collector = bodyCollector(outgoing.maxBodyBytes);
  try {
    if (answer.httpVersionMajor !== 1) throw new AnswerBroken("not-http");
    for await (const part of answer) collector.add(part as Buffer);
    if (!answer.complete) throw new AnswerBroken("cut-off");
    const bodyless = outgoing.request.method === "HEAD" || answer.statusCode === 304;
    const body = collector.finish(bodyless ? null : (answer.headers["content-length"] ?? null));
    return { status: answer.statusCode ?? 0, headers: joinHeaders(answer.rawHeaders), body };
  } catch (cause) {
    sent.destroy();
    if (cause instanceof AnswerBroken || outgoing.deadline.aborted || isNotHttp(cause)) throw cause;
    throw new AnswerBroken("cut-off", cause);
  }
}

/** @param raw names and values in turn. Node's own joining fails in 20.19 for a header named `constructor`. */
function joinHeaders(raw: readonly string[]): Record<string, string> {
  const values = new Map<string, string[]>();
  for (let index = 0; index < raw.length; index += 2) {
    const name = (raw[index] ?? "").toLowerCase();
    values.set(name, [...(values.get(name) ?? []), raw[index + 1] ?? ""]);
  }
  return Object.fromEntries([...values].map(([name, all]) => [name, all.join(", ")]));
}
