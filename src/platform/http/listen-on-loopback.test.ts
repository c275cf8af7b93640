import assert from "node:assert/strict";
import { EventEmitter, once } from "node:events";
import { request } from "node:http";
import { test } from "node:test";
import { listenOnLoopback, plain } from "./listen-on-loopback.ts";

test("who asked and went away before the answer was there has been answered", async () => {
  const course = new EventEmitter();
  const limits = { host: "127.0.0.1", ports: [], stranger: "no", maxHeaderBytes: 4096, deadlineMs: 10_000 } as const;
  const page = await listenOnLoopback(limits, async () => {
    course.emit("asked");
    await once(course, "ready");
    return { ...plain(200, "done"), delivered: () => course.emit("delivered") };
  });
  const tab = request(page.origin).on("error", () => undefined);
  tab.end();
  await once(course, "asked");
  const delivered = once(course, "delivered");
  const left = new Promise((resolve) => tab.once("close", resolve));
  tab.destroy();
  await left;
  // The server hears of it in a turn of its own.
  setTimeout(() => course.emit("ready"), 100);
  assert.deepEqual(await delivered, []);
  await page.close();
});
