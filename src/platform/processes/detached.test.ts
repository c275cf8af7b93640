import assert from "node:assert/strict";
import { test } from "node:test";
import { Fault } from "../../core/fault.ts";
import { startDetached } from "./detached.ts";

const environment = { PATH: process.env["PATH"] };

test("a detached program gets its input, and its first line is heard", async () => {
  const { firstLine } = await startDetached(["sh", "-c", "cat; echo; echo more"], {
    input: "secret",
    environment,
    onStarted: () => undefined,
  });
  assert.equal(firstLine, "secret");
});

test("one that is stopped before it has said anything was interrupted, and is gone", async () => {
  const started = startDetached(["sh", "-c", "exec sleep 600"], {
    input: "",
    environment,
    onStarted: (stop) => stop(),
  });
  await assert.rejects(started, (cause) => cause instanceof Fault && cause.code === "INTERRUPTED");
});

test("one that ends by itself before it has said anything is a defect of ours", async () => {
  const started = startDetached(["true"], { input: "", environment, onStarted: () => undefined });
  await assert.rejects(started, (cause) => cause instanceof Fault && cause.code === "INTERNAL");
});
