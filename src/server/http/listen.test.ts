import assert from "node:assert/strict";
import { test } from "node:test";
import { listen } from "./listen.ts";

test("a request that gets no answer is told, and the next one is served, also where it cannot be told", async () => {
  const told: unknown[] = [];
  const handle = async (
    { url }: { readonly url?: string | undefined },
    response: { end(text: string): unknown },
  ): Promise<void> => {
    if (url === "/broken") throw new TypeError("a part of the program is not there");
    response.end("served");
  };
  const failed = (cause: unknown): void => {
    told.push(cause);
    throw new Error("the log cannot be written");
  };
  const listener = await listen({ host: "127.0.0.1", port: 0, tls: null, handle, failed });
  try {
    const at = `http://127.0.0.1:${listener.port}`;
    await assert.rejects(fetch(`${at}/broken`));
    assert.match(String(told[0]), /a part of the program is not there/);
    assert.equal(await (await fetch(at)).text(), "served");
    assert.equal(told.length, 1);
  } finally {
    await listener.close(0);
  }
});
