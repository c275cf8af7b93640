import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer, type Server as TlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { Fault } from "../../core/fault.ts";

/** What a server shows: PEM, the chain behind its own certificate. */
export interface TlsMaterial {
  readonly certificate: string;
  readonly key: string;
}

/** Where to listen, and with what. */
export interface ListenOptions {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** Null: plain HTTP. */
  readonly tls: TlsMaterial | null;
  /** Null: it was answered at once. */
  readonly handle: (request: IncomingMessage, response: ServerResponse) => Promise<void> | null;
  /** Is told why a request got no answer at all. */
  readonly failed: (cause: unknown) => void;
}

/** A listening server. */
export interface Listener {
  readonly port: number;
  /** Shows another certificate to connections that begin from now on. @throws {Fault} `LISTEN_REFUSED` for one that cannot be used. */
  renew(tls: TlsMaterial): Promise<void>;
  /** Takes no new connection, gives requests under way `patienceMs` to end, then cuts the rest. */
  close(patienceMs: number): Promise<void>;
}

/** A request that dribbles in holds a connection: these end it. */
const HEAD_MS = 10_000;
const REQUEST_MS = 30_000;
/** How often a server that stops looks for connections that nobody uses any more. */
const IDLE_MS = 50;

/** Listens. @throws {Fault} `LISTEN_REFUSED` when the address is taken, or the certificate cannot be used. */
export async function listen({ host, port, tls, handle, failed }: ListenOptions): Promise<Listener> {
  let closing = false;
  const listener: RequestListener = (request, response) => {
    // A connection that is never idle would last until it is cut, and its last request would get no answer.
    if (closing) response.setHeader("connection", "close");
    handle(request, response)
      ?.catch((cause: unknown) => {
        response.destroy();
        failed(cause);
      })
      // Where not even a log can be written, the others are still served.
      .catch(() => undefined);
  };
  let server = open(tls, listener);
  await begin(server, host, port);
  const { port: chosen } = server.address() as AddressInfo;
  return {
    port: chosen,
    async renew(material) {
      if ("setSecureContext" in server && typeof server.setSecureContext === "function") {
        const shown = server;
        using(() => shown.setSecureContext({ cert: material.certificate, key: material.key, minVersion: OLDEST_TLS }));
        return;
      }
      // Bun has no such call: a new server takes over, and the old one ends with its last connection.
      const next = open(material, listener);
      server.close();
      server = next;
      await begin(next, host, chosen);
    },
    close(patienceMs) {
      closing = true;
      return close(server, patienceMs);
    },
  };
}

async function begin(server: Server, host: string, port: number): Promise<void> {
  await new Promise<void>((listening, failed) => {
    server.once("error", (cause: NodeJS.ErrnoException) => {
      const why = cause.code === "EADDRINUSE" ? "another program has it" : cause.message;
      failed(new Fault("LISTEN_REFUSED", `the address ${host}:${port} cannot be had: ${why}`, { cause }));
    });
    server.listen(port, host, listening);
  });
}

/** RFC 8996 */
const OLDEST_TLS = "TLSv1.2";

function open(tls: ListenOptions["tls"], listener: RequestListener): Server | TlsServer {
  const limits = { headersTimeout: HEAD_MS, requestTimeout: REQUEST_MS, maxHeaderSize: 16_384 };
  if (tls === null) return createServer(limits, listener);
  return using(() => createTlsServer({ ...limits, cert: tls.certificate, key: tls.key, minVersion: OLDEST_TLS }, listener));
}

function using<T>(make: () => T): T {
  try {
    return make();
  } catch (cause) {
    throw new Fault("LISTEN_REFUSED", "the certificate and its key cannot be used", { cause });
  }
}

function close(server: Server, patienceMs: number): Promise<void> {
  return new Promise((closed) => {
    const cut = setTimeout(() => server.closeAllConnections(), patienceMs);
    // A connection whose last request is answered now is idle only afterwards.
    const idle = setInterval(() => server.closeIdleConnections(), IDLE_MS);
    server.close(() => {
      clearTimeout(cut);
      clearInterval(idle);
      closed();
    });
    server.closeIdleConnections();
  });
}
