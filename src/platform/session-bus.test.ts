import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { askSessionBus, busSocket } from "./session-bus.ts";

describe("the socket of the session bus", () => {
  for (const [address, runtime, socket] of [
    ["unix:path=/run/user/1000/bus", undefined, "/run/user/1000/bus"],
    ["unix:path=/tmp/dbus-x,guid=00ff", undefined, "/tmp/dbus-x"],
    ["unix:guid=00ff,path=/tmp/with%20space%2ca", undefined, "/tmp/with space,a"],
    ["unix:abstract=/tmp/dbus-y,guid=0", undefined, "\0/tmp/dbus-y"],
    ["unix:path=/first;unix:path=/second", undefined, "/first"],
    ["tcp:host=localhost,port=1", "/run/user/1000", null],
    ["autolaunch:", undefined, null],
    [undefined, "/run/user/1000", "/run/user/1000/bus"],
    ["", "/run/user/1000", "/run/user/1000/bus"],
    [undefined, undefined, null],
    ["", "", null],
  ] as const) {
    it(`is ${JSON.stringify(socket)} for ${JSON.stringify(address)} and ${JSON.stringify(runtime)}`, () => {
      assert.equal(busSocket({ DBUS_SESSION_BUS_ADDRESS: address, XDG_RUNTIME_DIR: runtime }), socket);
    });
  }
});

describe("the session bus", () => {
  const ask = (path: string, patienceMs: number) => askSessionBus(patienceMs, { DBUS_SESSION_BUS_ADDRESS: `unix:path=${path}` });

  it("answers when anything is said at all", async (context) => {
    for (const line of ["OK 1234deadbeef\r\n", "REJECTED EXTERNAL\r\n"]) {
      const heard: string[] = [];
      const path = await listen(context, (socket) => {
        socket.on("data", (data) => {
          heard.push(String(data));
          socket.write(line);
        });
      });
      assert.equal(await ask(path, 10_000), "answers");
      const uid = Buffer.from(String(process.getuid?.())).toString("hex");
      assert.deepEqual(heard, [`\0AUTH EXTERNAL ${uid}\r\n`]);
    }
  });

  it("is silent when it takes the connection and says nothing", async (context) => {
    assert.equal(await ask(await listen(context, () => undefined), 30), "silent");
  });

  it("is absent when nobody listens, or hangs up", async (context) => {
    assert.equal(await ask(join(tmpdir(), "no-such-bus"), 10_000), "absent");
    assert.equal(await ask(await listen(context, (socket) => socket.end()), 10_000), "absent");
  });

  it("is unknown when it has no local address", async () => {
    assert.equal(await askSessionBus(10_000, { DBUS_SESSION_BUS_ADDRESS: "tcp:host=localhost,port=1" }), "unknown");
  });
});

async function listen(context: TestContext, serve: (socket: Socket) => void): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "brevet-test-"));
  const path = join(folder, "bus");
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket.on("error", () => undefined));
    serve(socket);
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  context.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return path;
}
