import assert from "node:assert/strict";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, describe, test } from "node:test";
import { Fault } from "../../src/core/fault.ts";
import type { FaultCode } from "../../src/core/fault-codes.ts";
import type { Http } from "../../src/core/http.ts";
import { createHttp } from "../../src/platform/http/create-http.ts";
import { cloudClients, GOOD_STS } from "./cloud-clients.ts";

/*
 * Each client of an endpoint of Google's, of Microsoft's or of OAuth is answered by something that is none: a proxy, a login page of the
 * network, a service that breaks in the middle. It has to say so once, naming the host, and to take nothing for an answer.
 */

const ANSWERS: Readonly<Record<string, readonly [FaultCode, (response: ServerResponse) => void]>> = {
  "an empty answer": ["RESPONSE_INVALID", (response) => response.writeHead(200, { "content-length": 0 }).end()],
  "an empty object": ["RESPONSE_INVALID", (response) => response.writeHead(200).end("{}")],
  "a list": ["RESPONSE_INVALID", (response) => response.writeHead(200).end("[]")],
  "a login page": [
    "RESPONSE_INVALID",
    (response) => response.writeHead(200, { "content-type": "text/html" }).end("<html>Please sign in</html>"),
  ],
  "JSON that stops": ["RESPONSE_INVALID", (response) => response.writeHead(200).end('{"access_token":"x","name":"n')],
  "an answer that is cut": [
    "RESPONSE_INVALID",
    (response) => response.writeHead(200, { "content-length": 1000 }).write('{"name":', () => response.destroy()),
  ],
  "two megabytes": ["RESPONSE_INVALID", (response) => response.writeHead(200).end(" ".repeat(2 ** 21))],
  silence: ["NETWORK_TIMEOUT", () => undefined],
  "an answer that dribbles in": [
    "NETWORK_TIMEOUT",
    (response) => {
      const dribble = setInterval(() => response.write(" "), 20);
      response.writeHead(200).once("close", () => clearInterval(dribble));
    },
  ],
};

const ANSWER_CODES = Object.values(ANSWERS).map(([code]) => code);

/** What each call may take here where the deadline is what ends it; else it is 15 or 30 seconds. */
const DEADLINE_MS = 400;

let server: Server;
let base: string;
/** What a path is answered whose first segment is that of a case. */
before(async () => {
  const cases = Object.values(ANSWERS);
  server = createServer((request, response) => {
    const [, index = "", ...rest] = (request.url ?? "").split("/");
    request.resume();
    if (index === GOOD_STS) {
      response.writeHead(200).end('{"access_token":"federated","expires_in":3600}');
      return;
    }
    assert.ok(rest.length > 0);
    cases[Number(index)]?.[1](response);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
after(() => {
  server.close();
  server.closeAllConnections();
});

const real = createHttp({ environment: {} });
const neverEnds = ({ pathname }: URL): boolean => ANSWER_CODES[Number(pathname.split("/")[1])] === "NETWORK_TIMEOUT";
const http: Http = (request) => real(neverEnds(new URL(request.url)) ? { ...request, deadlineMs: DEADLINE_MS } : request);
const CLIENTS = cloudClients(http, () => base);

/** A document may be anything, also nothing: what says whose answer it is stands beside it. */
for (const [index, [answer, [code]]] of Object.entries(ANSWERS).entries()) {
  describe(`${answer} is no answer`, { concurrency: true }, () => {
    for (const [client, ask] of Object.entries(CLIENTS)) {
      test(`to who asks for: ${client}`, async () => {
        const error = await ask(`${base}/${index}`).then(
          (value) => assert.fail(`it was taken for one: ${JSON.stringify(value)}`),
          (cause: unknown) => cause,
        );
        assert.ok(error instanceof Fault, String(error));
        assert.equal(error.code, code, error.message);
        assert.match(error.message, /127\.0\.0\.1|Google|Microsoft/);
        assert.doesNotMatch(error.message, /undefined/);
      });
    }
  });
}
