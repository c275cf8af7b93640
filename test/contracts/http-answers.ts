import assert from "node:assert/strict";
import { test } from "node:test";
import { rawServer, webServer } from "./http-servers.ts";
import { call, faultOf, type HttpSubject, responseOf } from "./http-subject.ts";

const SHORT_MS = 150;

export function answers(subject: HttpSubject): void {
  const name = (text: string): string => `${subject.runtime}: ${text}`;

  test(name("a request arrives as it was made, and the answer comes back whole"), async (t) => {
    const server = await webServer((_, response) => {
      response.setHeader("X-Mixed-Case", "Kept");
      response.setHeader("set-cookie", ["a=1", "b=2"]);
      response.setHeader("constructor", "a name like any other");
      response.end("grüße");
    });
    t.after(server.stop);
    const request = { method: "POST", headers: { "content-type": "text/plain", "x-own": "1" }, body: "ein Brief: ß" } as const;
    const response = responseOf(await call(subject, `http://127.0.0.1:${server.port}/path?q=1`, {}, request));
    assert.equal(response.status, 200);
    assert.equal(response.body, "grüße");
    assert.equal(response.headers["x-mixed-case"], "Kept");
    assert.equal(response.headers["set-cookie"], "a=1, b=2");
    assert.equal(response.headers["constructor"], "a name like any other");
    const [seen] = server.seen;
    assert.equal(seen?.method, "POST");
    assert.equal(seen?.url, "/path?q=1");
    assert.equal(seen?.body, "ein Brief: ß");
    assert.equal(seen?.headers["content-type"], "text/plain");
    assert.equal(seen?.headers["content-length"], "13");
    assert.equal(seen?.headers["accept-encoding"], "identity");
    assert.equal(seen?.headers.host, `127.0.0.1:${server.port}`);
    assert.equal(seen?.headers["authorization"], undefined);
    assert.equal(seen?.headers["cookie"], undefined);
  });

  for (const status of [201, 204, 304, 400, 403, 404, 429, 500, 503]) {
    test(name(`status ${status} is an answer`), async (t) => {
      const server = await webServer((_, response) => response.writeHead(status).end());
      t.after(server.stop);
      assert.equal(responseOf(await call(subject, `http://127.0.0.1:${server.port}/`)).status, status);
    });
  }

  for (const status of [301, 302, 303, 307, 308]) {
    test(name(`a redirect (${status}) is an answer and is not followed`), async (t) => {
      const server = await webServer((_, response) => response.writeHead(status, { location: "/elsewhere" }).end());
      t.after(server.stop);
      const response = responseOf(await call(subject, `http://127.0.0.1:${server.port}/`));
      assert.equal(response.status, status);
      assert.equal(response.headers["location"], "/elsewhere");
      assert.deepEqual(
        server.seen.map(({ url }) => url),
        ["/"],
      );
    });
  }

  test(name("an answer to HEAD has a length and no body"), async (t) => {
    const server = await webServer((_, response) => response.writeHead(200, { "content-length": "5" }).end());
    t.after(server.stop);
    const response = responseOf(await call(subject, `http://127.0.0.1:${server.port}/`, {}, { method: "HEAD" }));
    assert.equal(response.body, "");
    assert.equal(response.headers["content-length"], "5");
  });

  test(name("an answer without a length ends with the connection"), async (t) => {
    const server = await rawServer(["HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nall ", "of it"], "end");
    t.after(server.stop);
    assert.equal(responseOf(await call(subject, `http://127.0.0.1:${server.port}/`)).body, "all of it");
  });

  test(name("bytes that are not UTF-8 leave the status readable"), async (t) => {
    const server = await webServer((_, response) => response.writeHead(502).end(Buffer.from([0x66, 0xfc, 0x72])));
    t.after(server.stop);
    const response = responseOf(await call(subject, `http://127.0.0.1:${server.port}/`));
    assert.deepEqual([response.status, response.body], [502, "f\ufffdr"]);
  });

  test(name("a body of exactly the limit is whole"), async (t) => {
    const server = await webServer((_, response) => response.end("x".repeat(1000)));
    t.after(server.stop);
    const response = responseOf(await call(subject, `http://127.0.0.1:${server.port}/`, {}, { maxBodyBytes: 1000 }));
    assert.equal(response.body.length, 1000);
  });
}

/** RFC 9112 §6.3: where an answer's length is in doubt, so is all of it. */
const NOT_HTTP: readonly (readonly [name: string, head: string, body: string])[] = [
  ["not HTTP", "SSH-2.0-OpenSSH_9.2", ""],
  ["no text at all", "\0\u0001\u0002 garbage of some length", ""],
  ["of a version that nobody asked for", "HTTP/2.0 200 OK\r\ncontent-length: 2", "ab"],
  ["of two lengths", "HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3", "abc"],
  ["of one length twice", "HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 2", "ab"],
  ["of a length that is no number", "HTTP/1.1 200 OK\r\ncontent-length: +2", "ab"],
  ["of a length and in chunks", "HTTP/1.1 200 OK\r\ncontent-length: 2\r\ntransfer-encoding: chunked", "2\r\nab\r\n0\r\n\r\n"],
  ["in chunks and of a length", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\ncontent-length: 2", "2\r\nab\r\n0\r\n\r\n"],
  ["in chunks of no size", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked", "zz\r\nab\r\n0\r\n\r\n"],
];

export function brokenAnswers(subject: HttpSubject): void {
  const cases: readonly {
    readonly name: string;
    readonly answer: readonly string[];
    readonly end: "end" | "silence";
    readonly reason: string;
  }[] = [
    {
      name: "shorter than its length",
      answer: ["HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n", "half"],
      end: "end",
      reason: "cut-off",
    },
    {
      name: "shorter than its length, in one piece",
      answer: ["HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf"],
      end: "end",
      reason: "cut-off",
    },
    {
      name: "without its last chunk",
      answer: ["HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", "4\r\nhalf\r\n"],
      end: "end",
      reason: "cut-off",
    },
    {
      name: "cut within a chunk",
      answer: ["HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", "40\r\nhalf"],
      end: "end",
      reason: "cut-off",
    },
    {
      name: "a change to another protocol",
      answer: ["HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: other\r\n\r\n"],
      end: "silence",
      reason: "not-http",
    },
    ...NOT_HTTP.map(([name, head, body]) => ({
      name,
      answer: [`${head}\r\n\r\n${body}`],
      end: "end" as const,
      reason: "not-http",
    })),
    {
      name: "longer than the limit, and says so",
      answer: [`HTTP/1.1 200 OK\r\ncontent-length: 2000\r\n\r\n${"x".repeat(2000)}`],
      end: "silence",
      reason: "too-long",
    },
    {
      name: "longer than the limit, without end",
      answer: [`HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n7d0\r\n${"x".repeat(2000)}\r\n`],
      end: "silence",
      reason: "too-long",
    },
  ];
  for (const { name, answer, end, reason } of cases) {
    test(`${subject.runtime}: an answer that is ${name}`, async (t) => {
      const server = await rawServer(answer, end);
      t.after(server.stop);
      const fault = faultOf(
        await call(subject, `http://127.0.0.1:${server.port}/`, {}, { maxBodyBytes: 1000 }),
        "RESPONSE_INVALID",
      );
      assert.equal(fault.details["reason"], reason);
      // The same words from every engine.
      if (reason === "not-http") assert.equal(fault.message, `the answer of 127.0.0.1:${server.port} is not HTTP`);
    });
  }

  test(`${subject.runtime}: an answer that is reset in the middle`, async (t) => {
    const server = await rawServer(["HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf"], "reset");
    t.after(server.stop);
    const outcome = await call(subject, `http://127.0.0.1:${server.port}/`);
    assert.equal(outcome.kind, "fault");
    // A reset makes the system forget what it has received: if the client did not read in time, no answer began for it.
    assert.ok(["cut-off", "reset"].includes(String(outcome.details["reason"])), JSON.stringify(outcome));
  });
}

export function deadlines(subject: HttpSubject): void {
  const cases: readonly { readonly name: string; readonly scheme: string; readonly answer: readonly string[] }[] = [
    { name: "nothing comes", scheme: "http", answer: [] },
    { name: "the head does not end", scheme: "http", answer: ["HTTP/1.1 200 OK\r\nx: "] },
    { name: "the body does not end", scheme: "http", answer: ["HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf"] },
    { name: "the TLS handshake does not begin", scheme: "https", answer: [] },
  ];
  for (const { name, scheme, answer } of cases) {
    test(`${subject.runtime}: the deadline passes while ${name}`, async (t) => {
      const server = await rawServer(answer, "silence");
      t.after(server.stop);
      const outcome = await call(subject, `${scheme}://127.0.0.1:${server.port}/`, {}, { deadlineMs: SHORT_MS });
      faultOf(outcome, "NETWORK_TIMEOUT");
    });
  }
}
