import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { announce } from "./subject.ts";

/* The least that Node's own server does: a body of a JWK set's length, and its length. */
const body = Buffer.alloc(900, "x");
const server = createServer((_request, response) => {
  response.writeHead(200, { "content-type": "application/json", "content-length": String(body.length) });
  response.end(body);
});
await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
await announce({
  url: `http://localhost:${(server.address() as AddressInfo).port}`,
  bearer: "",
  bound: "",
  key: {},
  close: () => new Promise((closed) => server.close(() => closed())),
});
