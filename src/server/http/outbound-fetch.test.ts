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
