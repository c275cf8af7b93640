import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { Fault } from "../core/fault.ts";
import type { EpochSeconds } from "../core/time.ts";
import type { SandboxAnswer, SandboxRequest } from "./service.ts";
import type { Authority } from "./tls/certificates.ts";

/** What the listener needs to serve one host name after another over TLS of the sandbox's CA. */
export interface ListenOptions {
  readonly authority: Authority;
  /** The names in its certificate. One certificate for all: not every engine lets a server choose by the name it is asked for. */
  readonly names: readonly string[];
  readonly port: number;
  readonly answer: (request: SandboxRequest) => Promise<ListenerAnswer>;
  /** What the `Date` header says: clients learn their clock's error from it. */
  readonly now: () => EpochSeconds;
}

/** An answer, and how badly to deliver it; only canned answers misbehave. */
export interface ListenerAnswer extends SandboxAnswer {
  readonly delayMs?: number;
  /** Cuts the connection after half of the body. */
  readonly truncated?: boolean;
  /** Cuts the connection without an answer. */
  readonly hangUp?: boolean;
  readonly dateOffsetSeconds?: number;
}

/** A listening HTTPS server on 127.0.0.1. */
export interface Listener {
  readonly port: number;
  close(): Promise<void>;
}

/** STS's own limit is unknown; the largest valid request is under 100 kB. */
const MAX_BODY_BYTES = 1024 * 1024;

/** Listens on 127.0.0.1 and nowhere else. @throws {Fault} `SANDBOX_PORT_TAKEN` */
export async function listen(options: ListenOptions): Promise<Listener> {
  const { certificate, key } = await options.authority.kept(options.names);
  const server = createServer({ key, cert: certificate, minVersion: "TLSv1.2" }, (incoming, response) => {
    handle(incoming, response, options).catch(() => response.destroy());
  });
  await new Promise<void>((listening, failed) => {
    server.once("error", (cause: NodeJS.ErrnoException) => {
      const why = cause.code === "EADDRINUSE" ? "another program has it" : cause.message;
      failed(new Fault("SANDBOX_PORT_TAKEN", `the port ${options.port} of 127.0.0.1 cannot be had: ${why}`, { cause }));
    });
    server.listen(options.port, "127.0.0.1", listening);
  });
  return { port: (server.address() as AddressInfo).port, close: () => close(server) };
}

async function handle(incoming: IncomingMessage, response: ServerResponse, options: ListenOptions): Promise<void> {
  const body = await readBody(incoming);
  if (body === null) {
    response.writeHead(413, { connection: "close" }).end();
    return;
  }
  const given = await options.answer(readRequest(incoming, body));
  if (given.delayMs !== undefined) await new Promise((done) => setTimeout(done, given.delayMs).unref());
  if (given.hangUp === true) {
    response.destroy();
    return;
  }
  const bytes = Buffer.from(given.body, "utf8");
  const date = new Date((options.now() + (given.dateOffsetSeconds ?? 0)) * 1000).toUTCString();
  response.writeHead(given.status, { ...given.headers, date, "content-length": String(bytes.length) });
  if (given.truncated !== true) {
    response.end(incoming.method === "HEAD" ? undefined : bytes);
    return;
  }
  response.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => response.destroy());
}

function readRequest(incoming: IncomingMessage, body: string): SandboxRequest {
  const [path = "/", query = ""] = splitOnce(incoming.url ?? "/", "?");
  const headers = new Map<string, string[]>();
  for (let index = 0; index + 1 < incoming.rawHeaders.length; index += 2) {
    const name = (incoming.rawHeaders[index] ?? "").toLowerCase();
    headers.set(name, [...(headers.get(name) ?? []), incoming.rawHeaders[index + 1] ?? ""]);
  }
  return {
    method: incoming.method ?? "GET",
    host: (headers.get("host")?.[0] ?? "").toLowerCase(),
    path,
    query,
    headers,
    body,
    sourceIp: incoming.socket.remoteAddress ?? "127.0.0.1",
  };
}

/** Null when it is longer than {@link MAX_BODY_BYTES}. */
async function readBody(incoming: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function close(server: Server): Promise<void> {
  return new Promise((closed) => {
    server.close(() => closed());
    server.closeIdleConnections();
    // A client that keeps its connection open must not keep the sandbox from ending.
    setTimeout(() => server.closeAllConnections(), 200).unref();
  });
}

function splitOnce(text: string, separator: string): readonly [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}
