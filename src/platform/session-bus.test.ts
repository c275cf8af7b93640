import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it, type TestContext } from "node:test";
import { promisify } from "node:util";
import * as esbuild from "esbuild";
import { bunProgram } from "../../scripts/bundle/bun-program.ts";
import { askSessionBus, busSocket } from "./session-bus.ts";

const run = promisify(execFile);
const programs = mkdtempSync(join(tmpdir(), "brevet-test-"));
after(() => rmSync(programs, { recursive: true, force: true }));

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

type Ask = (address: string, patienceMs: number) => Promise<string>;

/** The two engines: this process, and Bun. */
const ENGINES: readonly (readonly [string, () => Promise<Ask>])[] = [
  ["Node", async () => (address, patienceMs) => askSessionBus(patienceMs, { DBUS_SESSION_BUS_ADDRESS: address })],
  ["Bun", askInBun],
];

for (const [engine, makeAsk] of ENGINES) {
  describe(`the session bus, asked by ${engine}`, () => {
    let ask: Ask;
    before(async () => {
      ask = await makeAsk();
    });

    it("answers when anything is said at all", async (context) => {
      for (const line of ["OK 1234deadbeef\r\n", "REJECTED EXTERNAL\r\n"]) {
        const heard: string[] = [];
        const path = await listen(context, (socket) => {
          socket.on("data", (data) => {
            heard.push(String(data));
            socket.write(line);
          });
        });
        assert.equal(await ask(`unix:path=${path}`, 10_000), "answers");
        const uid = Buffer.from(String(process.getuid?.())).toString("hex");
        assert.deepEqual(heard, [`\0AUTH EXTERNAL ${uid}\r\n`]);
      }
    });

    it("is silent when it takes the connection and says nothing", async (context) => {
      assert.equal(await ask(`unix:path=${await listen(context, () => undefined)}`, 100), "silent");
    });

    it("is absent when nobody listens, or hangs up", async (context) => {
      assert.equal(await ask(`unix:path=${join(tmpdir(), "no-such-bus")}`, 10_000), "absent");
      assert.equal(await ask(`unix:path=${await listen(context, (socket) => socket.end())}`, 10_000), "absent");
    });

    it("is unknown when it has no local address", async () => {
      assert.equal(await ask("tcp:host=localhost,port=1", 10_000), "unknown");
    });
  });
}

/** Each question in a process of its own, which must end by itself once it is answered. */
async function askInBun(): Promise<Ask> {
  const program = join(programs, "ask.mjs");
  await esbuild.build({
    stdin: {
      contents: `import { askSessionBus } from "./session-bus.ts";
        const [address, patienceMs] = process.argv.slice(2);
        console.log(await askSessionBus(Number(patienceMs), { DBUS_SESSION_BUS_ADDRESS: address }));`,
      resolveDir: import.meta.dirname,
      loader: "ts",
    },
    bundle: true,
    platform: "node",
    format: "esm",
    outfile: program,
    logLevel: "warning",
  });
  const bun = bunProgram();
  return async (address, patienceMs) => (await run(bun, [program, address, String(patienceMs)])).stdout.trim();
}

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
