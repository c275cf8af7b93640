import assert from "node:assert/strict";
import { createServer } from "node:http";
import { createServer as createSocketServer, type Socket } from "node:net";
import { test } from "node:test";
import type { HttpOutcome } from "./http-job.ts";
import { listen, type TestServer, webServer } from "./http-servers.ts";
import { faultOf, type HttpSubject, responseOf } from "./http-subject.ts";

interface Sending {
  readonly deadlineMs?: number;
  readonly scheme?: "http" | "https";
}

type Send = (server: TestServer, maker: TestServer, sending?: Sending) => Promise<HttpOutcome>;

const BODY = "Action=AssumeRoleWithWebIdentity&WebIdentityToken=late";

/** Bodies that come after the connection was begun. What makes them is a server too, so that the client may be anywhere. */
export function lateBodies(subject: HttpSubject): void {
  const send: Send = (server, maker, { deadlineMs = 10_000, scheme = "http" } = {}) =>
    subject.perform({
      options: { environment: {} },
      request: { method: "POST", url: `${scheme}://127.0.0.1:${server.port}/`, deadlineMs },
      lateBody: { byteLength: BODY.length, from: `http://127.0.0.1:${maker.port}/` },
    });

  // Node waits for the body: see its engine.
  const early = subject.runtime === "Bun";
  const moment = (server: TestServer): Promise<void> => (early ? server.connected : Promise.resolve());

  test(`${subject.runtime}: a late body is sent with its length${early ? ", and the connection is there before" : ""}`, async (t) => {
    const server = await webServer((_, response) => response.end("done"));
    const maker = await bodyMaker(moment(server));
    t.after(server.stop);
    t.after(maker.stop);
    assert.equal(responseOf(await send(server, maker)).body, "done");
    assert.equal(server.seen[0]?.body, BODY);
    assert.equal(server.seen[0]?.headers["content-length"], String(BODY.length));
    assert.equal(server.seen[0]?.headers["transfer-encoding"], undefined);
  });

  test(`${subject.runtime}: a body that cannot be made is the fault of the request, and the host sees no end of it`, async (t) => {
    const server = await connectedServer((socket) => socket.resume());
    const maker = await bodyMaker(moment(server), 500);
    t.after(server.stop);
    t.after(maker.stop);
    assert.equal(faultOf(await send(server, maker), "SIGNER_FAILED").message, "no body");
    if (early) assert.doesNotMatch(await server.received, /Action/);
    else assert.equal(server.connections(), 0);
  });

  test(`${subject.runtime}: a body that cannot be made ends a request that is still connecting`, {
    timeout: 60_000,
  }, async (t) => {
    const server = await connectedServer((socket) => socket.resume());
    const maker = await bodyMaker(moment(server), 500);
    t.after(server.stop);
    t.after(maker.stop);
    faultOf(await send(server, maker, { scheme: "https", deadlineMs: 3_600_000 }), "SIGNER_FAILED");
  });

  if (early) unaskedAnswers(subject, send);

  test(`${subject.runtime}: the deadline of a late body begins with the body`, async (t) => {
    const patient = await webServer((_, response) => response.end("done"));
    const silent = await connectedServer((socket) => socket.resume());
    const slow = await bodyMaker(new Promise((resolve) => setTimeout(resolve, 3100)));
    t.after(patient.stop);
    t.after(silent.stop);
    t.after(slow.stop);
    assert.equal(responseOf(await send(patient, slow, { deadlineMs: 3000 })).body, "done");
    faultOf(await send(silent, slow, { deadlineMs: 50 }), "NETWORK_TIMEOUT");
  });
}

/** Of hosts that do not wait for the body. */
function unaskedAnswers(subject: HttpSubject, send: Send): void {
  test(`${subject.runtime}: an answer that comes before a late body is the answer`, async (t) => {
    const answer = "HTTP/1.1 503 Busy\r\ncontent-length: 5\r\nconnection: close\r\n\r\nlater";
    const server = await connectedServer((socket) => socket.resume().end(answer));
    const maker = await bodyMaker(new Promise(() => {}));
    t.after(server.stop);
    t.after(maker.stop);
    const { status, body } = responseOf(await send(server, maker));
    assert.deepEqual([status, body], [503, "later"]);
  });

  test(`${subject.runtime}: a host that hangs up before a late body is told apart from one that is silent`, async (t) => {
    const server = await connectedServer((socket) => socket.resetAndDestroy());
    const maker = await bodyMaker(new Promise(() => {}));
    t.after(server.stop);
    t.after(maker.stop);
    assert.equal(faultOf(await send(server, maker), "NETWORK_UNREACHABLE").details["reason"], "reset");
  });
}

/** Answers with the body, or with a status that says that there is none, when its time has come. */
async function bodyMaker(time: Promise<unknown>, status = 200): Promise<TestServer> {
  return listen(createServer((_, response) => void time.then(() => response.writeHead(status).end(BODY))));
}

interface ConnectedServer extends TestServer {
  /** What the first connection brought, once it is over. */
  readonly received: Promise<string>;
}

/** A server that does something when there is a connection, and waits for no request. */
async function connectedServer(greet: (socket: Socket) => void): Promise<ConnectedServer> {
  let over: (text: string) => void;
  const received = new Promise<string>((resolve) => {
    over = resolve;
  });
  const server = createSocketServer((socket) => {
    let text = "";
    socket.on("data", (part) => {
      text += part;
    });
    socket.on("close", () => over(text));
    greet(socket);
  });
  return { ...(await listen(server)), received };
}
