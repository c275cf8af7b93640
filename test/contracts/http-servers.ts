import { createServer as createWebServer, type IncomingHttpHeaders, type IncomingMessage, type RequestListener } from "node:http";
import { createServer as createSecureWebServer } from "node:https";
import { type AddressInfo, connect, createServer as createSocketServer, type Server, type Socket } from "node:net";
import { TLSSocket, type TlsOptions } from "node:tls";
import type { ServerCertificate } from "./http-certificates.ts";

/** A server on 127.0.0.1; `stop` also ends the connections it has. */
export interface TestServer {
  readonly port: number;
  /** How many connections it took. */
  connections(): number;
  /** Resolves at the first of them. */
  readonly connected: Promise<void>;
  stop(): void;
}

/** Has a server listen. */
export async function listen(server: Server): Promise<TestServer> {
  const sockets = new Set<Socket>();
  let connections = 0;
  const connected = new Promise<void>((resolve) => server.once("connection", () => resolve()));
  server.on("connection", (socket: Socket) => {
    connections += 1;
    sockets.add(socket);
    // A client that gives up is what these servers are here to see.
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    connections: () => connections,
    connected,
    stop() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** Sends `answer` as it is once a request has arrived, in steps; then ends, resets, or keeps silent. */
export async function rawServer(answer: readonly string[], then: "end" | "reset" | "silence"): Promise<TestServer> {
  return listen(
    createSocketServer((socket) => {
      socket.once("data", async () => {
        for (const part of answer) await new Promise((resolve) => socket.write(part, resolve));
        if (then === "end") socket.end();
        if (then === "reset") socket.resetAndDestroy();
      });
    }),
  );
}

/** One request as a server saw it. */
export interface SeenRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface RecordingServer extends TestServer {
  readonly seen: readonly SeenRequest[];
}

/** A web server that records each request; over TLS when it has a certificate. */
export async function webServer(answer: RequestListener, certificate?: ServerCertificate & TlsOptions): Promise<RecordingServer> {
  const seen: SeenRequest[] = [];
  const listener: RequestListener = async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const { method = "", url = "", headers } = request;
    seen.push({ method, url, headers, body: Buffer.concat(parts).toString() });
    answer(request, response);
  };
  const server = certificate === undefined ? createWebServer(listener) : createSecureWebServer({ ...certificate }, listener);
  server.on("tlsClientError", () => {});
  return { ...(await listen(server)), seen };
}

/** What a proxy was asked to open. */
export interface SeenTunnel {
  readonly target: string;
  readonly authorization: string | null;
  /** The name in the certificate that it was shown, where it speaks TLS and asks for one. */
  readonly client?: string;
}

/** A proxy that opens every tunnel to `port` of this machine, whatever name was asked for; over TLS when it has a certificate. */
export async function tunnelProxy(
  port: number,
  certificate?: ServerCertificate & TlsOptions,
): Promise<TestServer & { readonly tunnels: readonly SeenTunnel[] }> {
  const tunnels: SeenTunnel[] = [];
  const refuse: RequestListener = (_request, response) => response.writeHead(405).end();
  const server = certificate === undefined ? createWebServer(refuse) : createSecureWebServer({ ...certificate }, refuse);
  server.on("connect", (request: IncomingMessage, socket: Socket, head: Buffer) => {
    const client = socket instanceof TLSSocket ? { client: clientNamed(socket) } : {};
    tunnels.push({ target: request.url ?? "", authorization: request.headers["proxy-authorization"] ?? null, ...client });
    const upstream = connect(port, "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
      upstream.write(head);
      upstream.pipe(socket).pipe(upstream);
    });
    upstream.on("error", () => socket.destroy());
    socket.on("error", () => upstream.destroy());
    socket.on("close", () => upstream.destroy());
  });
  return { ...(await listen(server)), tunnels };
}

/** The name in the certificate that a client has shown: `nobody` where it showed none. */
export function clientNamed(socket: TLSSocket): string {
  return String(socket.getPeerCertificate().subject?.CN ?? "nobody");
}
