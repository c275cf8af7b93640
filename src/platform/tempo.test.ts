import assert from "node:assert/strict";
import { test } from "node:test";
import { pause } from "./tempo.ts";

test("no timer is told to wait longer than timers can, which would end it at once", async (context) => {
  const told: number[] = [];
  context.mock.method(globalThis, "setTimeout", (end: () => void, milliseconds: number) => {
    told.push(milliseconds);
    queueMicrotask(end);
  });
  const thirtyDays = 30 * 86_400_000;
  await pause(thirtyDays);
  assert.deepEqual(told, [2 ** 31 - 1, thirtyDays - (2 ** 31 - 1)]);
  await pause(0);
  assert.equal(told.at(-1), 0);
});
