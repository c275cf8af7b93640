import assert from "node:assert/strict";
import { test } from "node:test";
import { headStart } from "./head-start.ts";

function counted() {
  let made = 0;
  const givenBack: number[] = [];
  const start = headStart(
    async () => ++made,
    (unused) => givenBack.push(unused),
  );
  return { ...start, made: () => made, givenBack };
}

test("what was begun is taken once, and another one is made for the next", async () => {
  const { begin, take, made } = counted();
  begin();
  begin();
  assert.equal(made(), 1);
  assert.deepEqual(await Promise.all([take(), take()]), [1, 2]);
});

test("what nobody takes is given back, and who comes later has a new one", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { begin, take, givenBack } = counted();
  begin();
  t.mock.timers.tick(5000);
  await Promise.resolve();
  await Promise.resolve();
  assert.deepEqual(givenBack, [1]);
  assert.equal(await take(), 2);
  t.mock.timers.tick(5000);
  assert.deepEqual(givenBack, [1]);
});

test("a fault is told to who takes it, and to nobody else", async () => {
  let attempts = 0;
  const { begin, take } = headStart(
    async () => Promise.reject(new Error(`attempt ${++attempts}`)),
    () => assert.fail("there is nothing to give back"),
  );
  begin();
  await new Promise((resolve) => setImmediate(resolve));
  await assert.rejects(take(), /attempt 1/);
  await assert.rejects(take(), /attempt 2/);
});
