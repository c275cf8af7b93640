import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer, type Server as TlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { Fault } from "../../core/fault.ts";
import type { TlsMaterial } from "./tls-files.ts";

/** Where to listen, and with what. */
export interface ListenOptions {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** Null: plain HTTP. */
  readonly tls: TlsMaterial | null;
  readonly handle: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
}

/** A listening server. */
export interface Listener {
  readonly port: number;
  /** Shows another certificate to connections that begin from now on. @throws {Fault} `LISTEN_REFUSED` for one that cannot be used. */
  renew(tls: TlsMaterial): void;
  /** Takes no new connection, lets what is under way end within `patienceMs`, then cuts what is left. */
  close(patienceMs: number): Promise<void>;
}

/** A request that dribbles in holds a connection: these end it. */
const HEAD_MS = 10_000;
const REQUEST_MS = 30_000;
/** How often a server that stops looks for connections that nobody uses any more. */
const IDLE_MS = 50;

/** Listens. @throws {Fault} `LISTEN_REFUSED` when the address cannot be had, or the certificate cannot be used. */
export async function listen({ host, port, tls, handle }: ListenOptions): Promise<Listener> {
  const listener: RequestListener = (request, response) => {
    handle(request, response).catch(() => response.destroy());
  };
  const server = open(tls, listener);
  await new Promise<void>((listening, failed) => {
    server.once("error", (cause: NodeJS.ErrnoException) => {
      const why = cause.code === "EADDRINUSE" ? "another program has it" : cause.message;
      failed(new Fault("LISTEN_REFUSED", `the address ${host}:${port} cannot be had: ${why}`, { cause }));
    });
    server.listen(port, host, listening);
  });
  return {
    port: (server.address() as AddressInfo).port,
    renew(material) {
      if (!("setSecureContext" in server)) throw new TypeError("a server without TLS shows no certificate");
      using(() => server.setSecureContext({ cert: material.certificate, key: material.key, minVersion: OLDEST_TLS }));
    },
    close: (patienceMs) => close(server, patienceMs),
  };
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
