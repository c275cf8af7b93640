import { createServer, type IncomingHttpHeaders, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Fault } from "../../core/fault.ts";
import type { LoopbackHost } from "../../core/loopback.ts";
import { usersOfConnection } from "./users-of-connection.ts";

/** One request that reached us under our own name. */
export interface LoopbackRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  /** Whether another user of this machine asks, other than root; false where the system does not tell. */
  isOtherUsers(): boolean;
}

/** What a program of this machine is answered. */
export interface LoopbackAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Called once the asker has the whole answer, or has gone away. */
  readonly delivered?: () => void;
}

/** A server that programs of this machine alone can reach. */
export interface Loopback {
  readonly origin: string;
  /** Lets answers that are under way be delivered, and ends everything else. */
  close(): Promise<void>;
  /** Ends everything now. */
  cut(): void;
}

export interface LoopbackOptions {
  readonly host: LoopbackHost;
  /** Tried in that order; empty: any free port. */
  readonly ports: readonly number[];
  /** Of one request, its line and headers together. */
  readonly maxHeaderBytes: number;
  /** A request that dribbles in for longer is ended, and its connection with it. */
  readonly deadlineMs: number;
  /** What a request under another name is told. */
  readonly stranger: string;
}

type Handle = (request: LoopbackRequest) => Promise<LoopbackAnswer>;

/** How often Node looks for requests past their deadline; 30 s unless said. */
const CHECK_MS = 1000;

/**
 * Listens on a loopback address: on the first port of the list that is free, or on any.
 *
 * A request under another name is refused before anything looks at it: a page in the browser can have a name of its own lead
 * to this machine (DNS rebinding), but cannot have the browser send our name in `Host`.
 *
 * @throws {Fault} `LISTEN_REFUSED`
 */
export async function listenOnLoopback(options: LoopbackOptions, handle: Handle): Promise<Loopback> {
  const underWay = new Set<ServerResponse>();
  let authority = "";
  const limits = {
    maxHeaderSize: options.maxHeaderBytes,
    requestTimeout: options.deadlineMs,
    headersTimeout: options.deadlineMs,
    connectionsCheckingInterval: CHECK_MS,
  };
  const server = createServer(limits, (request, response) => {
    // For a closed connection the system tells no user, and a page that redirects once must not be spent on it.
    if (request.socket.remotePort === undefined) return void response.destroy();
    underWay.add(response);
    response.once("close", () => underWay.delete(response));
    void respond(request, response, () => answerTo(request, { authority, stranger: options.stranger }, handle));
  });
  const port = await listenOnFirst(server, options);
  authority = `${options.host}:${port}`;
  return {
    origin: `http://${authority}`,
    async close() {
      server.close();
      await Promise.all([...underWay].map((response) => new Promise((resolve) => response.once("close", resolve))));
      // A browser opens connections in advance that it never uses.
      server.closeAllConnections();
    },
    cut() {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function listenOnFirst(server: Server, { host, ports }: LoopbackOptions): Promise<number> {
  const address = host === "[::1]" ? "::1" : "127.0.0.1";
  let refusal: unknown;
  for (const port of ports.length === 0 ? [0] : ports) {
    try {
      return await listenOn(server, address, port);
    } catch (cause) {
      refusal = cause;
    }
  }
  const where = ports.length === 0 ? address : `${address}, port ${ports.join(" or ")}`;
  throw new Fault("LISTEN_REFUSED", `nothing can be listened on at ${where}`, { cause: refusal, details: { where } });
}

function listenOn(server: Server, address: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host: address, port, exclusive: true }, () => {
      server.off("error", reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

/** What every answer has: nothing is kept, framed or told to anybody else. */
const ALWAYS: Readonly<Record<string, string>> = {
  "cache-control": "no-store",
  connection: "close",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
};

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  answerIt: () => Promise<LoopbackAnswer>,
): Promise<void> {
  const closed = new Promise((resolve) => response.once("close", resolve));
  const answer = await answerIt();
  // A tab that was closed meanwhile holds nobody up either.
  if (answer.delivered !== undefined) void closed.then(answer.delivered);
  response.writeHead(answer.status, { ...ALWAYS, "content-length": Buffer.byteLength(answer.body), ...answer.headers });
  response.end(request.method === "HEAD" ? undefined : answer.body);
}

async function answerTo(
  request: IncomingMessage,
  { authority, stranger }: { readonly authority: string; readonly stranger: string },
  handle: Handle,
): Promise<LoopbackAnswer> {
  if (request.headers.host !== authority) return plain(421, stranger);
  const target = `http://${authority}${request.url ?? "/"}`;
  if (!URL.canParse(target)) return plain(400, "that is no address");
  const isOtherUsers = (): boolean => usersOfConnection(request.socket).some(isOtherUser);
  return handle({ method: request.method ?? "GET", url: new URL(target), headers: request.headers, isOtherUsers });
}

/** Root can be anybody, and relays connections: from Windows, and out of containers. */
const isOtherUser = (user: number): boolean => user !== 0 && user !== process.getuid?.();

/** An answer of one line. */
export function plain(status: number, text: string): LoopbackAnswer {
  return { status, headers: { "content-type": "text/plain; charset=utf-8" }, body: `${text}\n` };
}
