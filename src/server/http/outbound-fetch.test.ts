import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { outboundFetch } from "./outbound-fetch.ts";

test("what a client names is fetched only if every address of its name may be", async (context) => {
  const server = createServer((_request, response) => void response.end("here"));
  context.after(() => server.close());
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const url = `http://client.example:${(server.address() as AddressInfo).port}/`;
  const fetchAt = (...addresses: readonly string[]) => outboundFetch(["127.0.0.0/8"], async () => addresses)(url);
  assert.equal(await (await fetchAt("127.0.0.1")).text(), "here");
  for (const addresses of [["10.0.0.1"], ["127.0.0.1", "10.0.0.1"], ["127.0.0.1", "::ffff:10.0.0.1"], ["127.0.0.1", "::1"], []])
    await assert.rejects(fetchAt(...addresses), /leads into a network of its own/, addresses.join());
});

test("an answer that is too long for any client's document is cut off", async (context) => {
  const server = createServer((request, response) => void response.end("x".repeat(Number(request.url?.slice(1)))));
  context.after(() => server.close());
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const at = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const get = outboundFetch(["127.0.0.0/8"]);
  assert.equal((await (await get(`${at}/${256 * 1024}`)).text()).length, 256 * 1024);
  await assert.rejects(get(`${at}/${256 * 1024 + 1}`), TypeError);
});
