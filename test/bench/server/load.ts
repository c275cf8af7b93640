import { connect } from "node:net";

/** What a load came to. */
export interface Load {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Answers that were not 200. */
  readonly failed: number;
}

/**
 * Sends whole requests over 32 connections, each as soon as the answer to the one before is there, by sockets alone: a client
 * library would cost as much as what is measured.
 */
export async function load(url: string, requests: readonly string[], connections = 32): Promise<Load> {
  const { port } = new URL(url);
  const times: number[] = [];
  let next = 0;
  let failed = 0;
  const started = performance.now();
  await Promise.all(
    Array.from(
      { length: connections },
      () =>
        new Promise<void>((done, broken) => {
          const socket = connect(Number(port), "127.0.0.1");
          socket.setNoDelay(true);
          let sent = 0;
          let received = "";
          const send = (): void => {
            const request = requests[next];
            next += 1;
            if (request === undefined) {
              socket.end();
              done();
              return;
            }
            received = "";
            sent = performance.now();
            socket.write(request);
          };
          socket.setEncoding("latin1");
          socket.on("connect", send);
          socket.on("error", broken);
          socket.on("data", (chunk: string) => {
            received += chunk;
            const head = received.indexOf("\r\n\r\n");
            if (head < 0) return;
            const length = Number(/content-length: (\d+)/i.exec(received)?.[1] ?? 0);
            if (received.length < head + 4 + length) return;
            times.push(performance.now() - sent);
            if (!received.startsWith("HTTP/1.1 200")) failed += 1;
            send();
          });
        }),
    ),
  );
  const seconds = (performance.now() - started) / 1000;
  times.sort((a, b) => a - b);
  const at = (share: number): number => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0;
  return { perSecond: times.length / seconds, p50Ms: at(0.5), p99Ms: at(0.99), failed };
}
