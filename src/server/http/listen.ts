import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { Fault } from "../../core/fault.ts";

/** Where to listen, and with what. */
export interface ListenOptions {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** PEM; null: plain HTTP. */
  readonly tls: { readonly certificate: string; readonly key: string } | null;
  readonly handle: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
}

/** A listening server. */
export interface Listener {
  readonly port: number;
  /** Takes no new connection, lets what is under way end within `patienceMs`, then cuts what is left. */
  close(patienceMs: number): Promise<void>;
}

/** A request that dribbles in holds a connection: these end it. */
const HEAD_MS = 10_000;
const REQUEST_MS = 30_000;

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
  return { port: (server.address() as AddressInfo).port, close: (patienceMs) => close(server, patienceMs) };
}

function open(tls: ListenOptions["tls"], listener: RequestListener): Server {
  const limits = { headersTimeout: HEAD_MS, requestTimeout: REQUEST_MS, maxHeaderSize: 16_384 };
  if (tls === null) return createServer(limits, listener);
  try {
    return createTlsServer({ ...limits, cert: tls.certificate, key: tls.key, minVersion: "TLSv1.2" }, listener);
  } catch (cause) {
    throw new Fault("LISTEN_REFUSED", "the certificate and its key cannot be used", { cause });
  }
}

function close(server: Server, patienceMs: number): Promise<void> {
  return new Promise((closed) => {
    const cut = setTimeout(() => server.closeAllConnections(), patienceMs);
    server.close(() => {
      clearTimeout(cut);
      closed();
    });
    server.closeIdleConnections();
  });
}
