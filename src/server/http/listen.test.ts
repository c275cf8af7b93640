import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
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

test("a connection that is never idle ends with the first answer to what it asks while the server stops", async () => {
  let arrived: (url: string) => void = () => undefined;
  const next = (): Promise<string> => new Promise((told) => (arrived = told));
  let answerFirst = (): void => undefined;
  const handle = async ({ url = "" }: { readonly url?: string | undefined }, response: { end(text: string): unknown }) => {
    arrived(url);
    if (url === "/first") await new Promise<void>((go) => (answerFirst = go));
    response.end(`answer to ${url}`);
  };
  const listener = await listen({ host: "127.0.0.1", port: 0, tls: null, handle, failed: (cause) => assert.fail(String(cause)) });
  const client = connect(listener.port, "127.0.0.1").setEncoding("utf8");
  let answers = "";
  client.on("data", (text: string) => (answers += text));
  const ended = once(client, "end");
  for (const url of ["/first", "/second"]) {
    const came = next();
    client.write(`GET ${url} HTTP/1.1\r\nhost: a\r\n\r\n`);
    assert.equal(await came, url);
    if (url === "/first") void listener.close(600_000);
  }
  answerFirst();
  await ended;
  const [, first = "", second = ""] = answers.split("HTTP/1.1 200 OK");
  assert.match(first, /connection: keep-alive.*answer to \/first/is);
  assert.match(second, /connection: close.*answer to \/second/is);
});
