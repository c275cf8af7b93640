import assert from "node:assert/strict";
import { test } from "node:test";
import { onReload, stopSignal } from "./interruption.ts";

test("who is asked to reload while it starts does so when it runs, and again each time", async (context) => {
  context.after(() => process.removeAllListeners("SIGHUP"));
  const reloaded: string[] = [];
  let run: (server: string) => void = assert.fail;
  const starting = new Promise<string>((resolve) => {
    run = resolve;
  });
  onReload(
    starting,
    async (server) => void reloaded.push(server),
    () => false,
  );
  process.emit("SIGHUP", "SIGHUP");
  await Promise.resolve();
  assert.deepEqual(reloaded, []);
  run("server");
  await starting;
  assert.deepEqual(reloaded, ["server"]);
  process.emit("SIGHUP", "SIGHUP");
  await starting;
  assert.deepEqual(reloaded, ["server", "server"]);
});

test("a hang-up ends a server whose terminal has closed, and reloads one whose terminal is there", async (context) => {
  context.after(() => process.removeAllListeners("SIGHUP"));
  const server = serverOnTerminal();
  assert.deepEqual(await server.hangUp(), { reloads: 1, isAsked: false });
  server.closeTerminal();
  assert.deepEqual(await server.hangUp(), { reloads: 1, isAsked: true });
});

test("a hang-up long after the terminal closed without one reloads a server, which lives on by itself", async (context) => {
  context.mock.timers.enable({ apis: ["setInterval"] });
  context.after(() => process.removeAllListeners("SIGHUP"));
  const server = serverOnTerminal();
  server.closeTerminal();
  context.mock.timers.tick(60_000);
  assert.deepEqual(await server.hangUp(), { reloads: 1, isAsked: false });
});

test("a hang-up stops what has nothing to reload, and nothing else", (context) => {
  context.after(() => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.removeAllListeners(signal);
  });
  const [sandbox, server] = [stopSignal(), stopSignal(["SIGINT", "SIGTERM"])];
  process.emit("SIGHUP", "SIGHUP");
  assert.deepEqual([sandbox.aborted, server.aborted], [true, false]);
});

test("what fails to start reloads nothing, and fails once", async (context) => {
  context.after(() => process.removeAllListeners("SIGHUP"));
  const starting = Promise.reject(new Error("no"));
  onReload(
    starting,
    async () => assert.fail(),
    () => false,
  );
  process.emit("SIGHUP", "SIGHUP");
  await assert.rejects(starting, /no/);
});

/** A server that runs on a terminal: how often it has reloaded, and whether it is asked to end. */
function serverOnTerminal() {
  let [reloads, isThere] = [0, true];
  const starting = Promise.resolve();
  const closed = onReload(
    starting,
    async () => void reloads++,
    () => isThere,
  );
  return {
    closeTerminal: () => {
      isThere = false;
    },
    async hangUp() {
      process.emit("SIGHUP", "SIGHUP");
      await starting;
      return { reloads, isAsked: closed.aborted };
    },
  };
}
