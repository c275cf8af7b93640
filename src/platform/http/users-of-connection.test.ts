import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { networkInterfaces } from "node:os";
import { describe, test } from "node:test";
import { noStranger, STRANGER } from "../../../test/another-user.ts";
import { NOBODY, usersOfConnection } from "./users-of-connection.ts";

const isLinux = process.platform === "linux";

async function seenOf(host: string, knock: (port: number) => void): Promise<readonly number[]> {
  const server = createServer().listen(0, host);
  await once(server, "listening");
  knock((server.address() as AddressInfo).port);
  const [socket] = (await once(server, "connection")) as [Socket];
  const users = usersOfConnection(socket);
  socket.destroy();
  server.close();
  return users;
}

async function seenAfter(hangUp: (client: Socket) => void): Promise<readonly number[]> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const client = connect((server.address() as AddressInfo).port, "127.0.0.1");
  const [socket] = (await once(server, "connection")) as [Socket];
  const { localPort, remotePort } = socket.on("error", () => undefined);
  hangUp(client);
  await once(client, "close");
  const users = usersOfConnection({ localPort, remotePort });
  socket.destroy();
  server.close();
  return users;
}

const hasSix = Object.values(networkInterfaces()).some((each) => each?.some(({ address }) => address === "::1"));

describe("who is at the other end of a connection within this machine", () => {
  for (const host of hasSix ? ["127.0.0.1", "::1"] : ["127.0.0.1"]) {
    test(`is told by Linux, at ${host}, and by no other system`, async () => {
      const users = await seenOf(host, (port) => connect(port, host).on("error", () => undefined));
      assert.deepEqual(users, isLinux ? [process.getuid?.()] : []);
    });
  }

  test("is told whatever the address that is called from, and the family of the socket", { skip: !isLinux }, async () => {
    const self = [process.getuid?.()];
    const from = (port: number): Socket => connect({ port, host: "127.0.0.1", localAddress: "127.0.0.9" });
    assert.deepEqual(await seenOf("127.0.0.1", (port) => from(port).on("error", () => undefined)), self);
    if (!hasSix) return;
    const mapped = (port: number): Socket => connect({ port, host: "::ffff:127.0.0.1", family: 6 });
    assert.deepEqual(await seenOf("127.0.0.1", (port) => mapped(port).on("error", () => undefined)), self);
  });

  test("is nobody once who called has closed the connection", { skip: !isLinux }, async () => {
    assert.deepEqual(await seenAfter((client) => client.destroy()), [NOBODY]);
  });

  test("is nobody once who called has reset the connection", { skip: !isLinux }, async () => {
    assert.deepEqual(await seenAfter((client) => client.resetAndDestroy()), [NOBODY]);
  });

  test("is another user where that one calls", { skip: !isLinux || noStranger() }, async () => {
    const users = await seenOf("127.0.0.1", (port) => {
      const script = `require("node:net").connect(${port}, "127.0.0.1").on("error", () => {})`;
      spawn(process.execPath, ["-e", script], { uid: STRANGER, gid: STRANGER, cwd: "/", env: {}, stdio: "ignore" });
    });
    assert.deepEqual(users, [STRANGER]);
  });
});
