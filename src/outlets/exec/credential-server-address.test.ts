import assert from "node:assert/strict";
import { connect, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { afterEach, describe, test } from "node:test";
import fc from "fast-check";
import { ask, closeServers, serve } from "../../../test/flows/credential-server-bench.ts";

afterEach(closeServers);

/** Sends bytes as they are, and gives what comes back until the server ends the connection. */
async function send(port: number, bytes: string | Uint8Array): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => undefined);
  socket.end(bytes);
  return text(socket).catch(() => "");
}

function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    socket.on("error", () => undefined).once("close", () => resolve());
  });
}

describe("the address of the credential server", () => {
  test("is closed at once at the end, also to who is waiting", async () => {
    const { server, state, port } = await serve();
    state.hold = new Promise(() => undefined);
    const waiting = ask(server);
    waiting.catch(() => undefined);
    const idle = connect(port, "127.0.0.1");
    const idleClosed = closed(idle);
    await new Promise<void>((resolve) => idle.once("connect", () => resolve()));
    await ask(server, { path: "/none" });
    server.close();
    await assert.rejects(waiting);
    await idleClosed;
    const late = connect(port, "127.0.0.1");
    const error = await new Promise<NodeJS.ErrnoException>((resolve) => late.once("error", resolve));
    assert.equal(error.code, "ECONNREFUSED");
  });

  test("takes no header that is longer than any SDK's", async () => {
    const { server, port } = await serve();
    const answer = await send(port, `GET /credentials HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nx: ${"x".repeat(20_000)}\r\n\r\n`);
    assert.match(answer, /^HTTP\/1\.1 431 /);
    assert.equal((await ask(server)).status, 200);
  });

  test("is not held up by who sends slowly, and ends that connection", async () => {
    const { server, port } = await serve();
    const slow = Array.from({ length: 50 }, () => {
      const socket = connect(port, "127.0.0.1");
      socket.write("GET /credentials HTTP/1.1\r\n");
      return socket;
    });
    const ended = slow.map(closed);
    assert.equal((await ask(server)).status, 200);
    for (const socket of slow) socket.resume();
    await Promise.all(ended);
    assert.equal((await ask(server)).status, 200);
  });

  test("gives nothing away to bytes of any kind, and goes on", async () => {
    const { server, port, state } = await serve();
    const host = `127.0.0.1:${port}`;
    const line = fc.constantFrom(
      "GET /credentials HTTP/1.1",
      "GET /credentials HTTP/1.0",
      "GET http://127.0.0.1/credentials HTTP/1.1",
      "POST /credentials HTTP/1.1",
      "GET /credentials",
      "PRI * HTTP/2.0",
      "\u0016\u0003\u0001",
    );
    const header = fc.oneof(
      fc.constantFrom(
        `host: ${host}`,
        `host: ${host}`,
        "authorization:",
        `authorization: ${"A".repeat(43)}`,
        `Authorization : ${"A".repeat(43)}`,
        "transfer-encoding: chunked",
        "content-length: -1",
        "content-length: 99999999999",
        "connection: upgrade",
        "upgrade: websocket",
        "expect: 100-continue",
      ),
      fc.string({ unit: "binary", maxLength: 40 }),
    );
    const bytes = fc.oneof(
      fc.tuple(line, fc.array(header, { maxLength: 6 })).map(([first, rest]) => [first, ...rest, "", ""].join("\r\n")),
      fc.uint8Array({ maxLength: 200 }),
    );
    await fc.assert(
      fc.asyncProperty(bytes, async (sent) => {
        const answer = await send(port, sent);
        assert.doesNotMatch(answer, /^HTTP\/1\.1 200|ASIA/);
      }),
      { numRuns: 400 },
    );
    assert.equal(state.issued, 0);
    assert.equal((await ask(server)).status, 200);
  });
});
