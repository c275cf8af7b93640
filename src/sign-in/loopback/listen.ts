import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Fault } from "../../core/fault.ts";
import type { RedirectSettings } from "../provider.ts";

/** One request that reached us under our own name. */
export interface LoopbackRequest {
  readonly method: string;
  readonly url: URL;
}

/** What the browser is answered. */
export interface LoopbackAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Called once the browser has the whole answer, or has gone away. */
  readonly delivered?: () => void;
}

/** The server that waits on this machine for the browser to come back. */
export interface Loopback {
  /** As it is registered at the provider: with the port, where that is not free. */
  readonly redirectUri: string;
  readonly origin: string;
  /** Lets answers that are under way be delivered, and ends everything else. */
  close(): Promise<void>;
}

type Handle = (request: LoopbackRequest) => Promise<LoopbackAnswer>;

/** OAuth answers come back in the request line; nothing that is sent here is longer. */
const MAX_HEADER_BYTES = 64 * 1024;
const REQUEST_DEADLINE_MS = 10_000;

/**
 * Listens on a loopback address: on the first port of the list that is free, or on any.
 *
 * A request under another name is refused before anything looks at it: a page in the browser can have a name of its own lead
 * to this machine (DNS rebinding), but cannot have the browser send our name in `Host`.
 *
 * @throws {Fault} `SIGN_IN_PORT_TAKEN`
 * @see RFC 8252 §7.3, §8.3
 */
export async function listenOnLoopback(redirect: RedirectSettings, handle: Handle): Promise<Loopback> {
  const underWay = new Set<ServerResponse>();
  let authority = "";
  const server = createServer({ maxHeaderSize: MAX_HEADER_BYTES, requestTimeout: REQUEST_DEADLINE_MS }, (request, response) => {
    underWay.add(response);
    response.once("close", () => underWay.delete(response));
    void respond(request, response, authority, handle);
  });
  const port = await listenOnFirst(server, redirect);
  authority = `${redirect.host}:${port}`;
  return {
    origin: `http://${authority}`,
    redirectUri: `http://${authority}${redirect.path}`,
    async close() {
      server.close();
      await Promise.all([...underWay].map((response) => new Promise((resolve) => response.once("close", resolve))));
      // A browser opens connections in advance that it never uses.
      server.closeAllConnections();
    },
  };
}

async function listenOnFirst(server: Server, { host, ports }: RedirectSettings): Promise<number> {
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
  throw new Fault("SIGN_IN_PORT_TAKEN", `nothing can be listened on for the browser's return at ${where}`, {
    cause: refusal,
    hints: ports.length === 0 ? [] : ["give `redirect.ports` further ports, and register them at the provider"],
  });
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

async function respond(request: IncomingMessage, response: ServerResponse, authority: string, handle: Handle): Promise<void> {
  const answer = await answerTo(request, authority, handle);
  if (answer.delivered !== undefined) response.once("close", answer.delivered);
  response.writeHead(answer.status, { ...ALWAYS, ...answer.headers });
  response.end(request.method === "HEAD" ? undefined : answer.body);
}

async function answerTo(request: IncomingMessage, authority: string, handle: Handle): Promise<LoopbackAnswer> {
  if (request.headers.host !== authority) return plain(421, "this address is for one sign-in only");
  const target = `http://${authority}${request.url ?? "/"}`;
  if (!URL.canParse(target)) return plain(400, "that is no address");
  return handle({ method: request.method ?? "GET", url: new URL(target) });
}

/** An answer for who is no browser of ours. */
export function plain(status: number, text: string): LoopbackAnswer {
  return { status, headers: { "content-type": "text/plain; charset=utf-8" }, body: `${text}\n` };
}
