import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { openTpm, type TpmPatience } from "./open-tpm.ts";
import { formatTpmAddress, parseTpmAddress, type TpmAddress } from "./tpm-address.ts";

/** For a TPM that never answers. */
const SHORT: TpmPatience = { quickMs: 150, slowMs: 300, fullMs: 40 };
/** For all others, whatever else the machine does. */
const PATIENT: TpmPatience = { quickMs: 30_000, slowMs: 30_000, fullMs: 500 };
const COMMAND = Buffer.from("80010000000c0000017a0000", "hex");

function answer(code: number): Buffer {
  const bytes = Buffer.from("80010000000a00000000", "hex");
  bytes.writeUInt32BE(code, 6);
  return bytes;
}

/** Something that listens like swtpm and does with each command what the test says. */
async function listening(context: TestContext, onCommand: (socket: Socket, count: number) => void): Promise<TpmAddress> {
  const folder = mkdtempSync(join(tmpdir(), "brevet-tpm-"));
  const sockets: Socket[] = [];
  let count = 0;
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on("data", () => onCommand(socket, count++)).on("error", () => undefined);
  });
  const path = join(folder, "socket");
  await new Promise<void>((resolve) => server.listen(path, resolve));
  context.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
    rmSync(folder, { recursive: true });
  });
  return { kind: "unix", path };
}

describe("the way to a TPM", () => {
  it("asks again while the TPM says later, and gives the answer that comes then", async (context) => {
    const codes = [0x922, 0x908, 0x90a, 0];
    const link = await openTpm(await listening(context, (socket, count) => socket.write(answer(codes[count] ?? 0))), PATIENT);
    assert.deepEqual(Buffer.from(await link.transmit(COMMAND, "quick")), answer(0));
    await link.close();
  });

  it("asks a full TPM again, and then says what it says", async (context) => {
    let asked = 0;
    const address = await listening(context, (socket) => {
      asked++;
      socket.write(answer(0x902));
    });
    const link = await openTpm(address, PATIENT);
    assert.deepEqual(Buffer.from(await link.transmit(COMMAND, "quick")), answer(0x902));
    assert.ok(asked > 1);
    await link.close();
  });

  it("asks once where asking again would count as another wrong PIN", async (context) => {
    let asked = 0;
    const address = await listening(context, (socket) => {
      asked++;
      socket.write(answer(0x98e));
    });
    const link = await openTpm(address, PATIENT);
    await link.transmit(COMMAND, "quick");
    assert.equal(asked, 1);
    await link.close();
  });

  it("reads an answer that comes in pieces", async (context) => {
    const address = await listening(context, (socket) => {
      for (const byte of answer(0)) socket.write(Buffer.of(byte));
    });
    const link = await openTpm(address, PATIENT);
    assert.deepEqual(Buffer.from(await link.transmit(COMMAND, "quick")), answer(0));
    await link.close();
  });

  it("does not wait for a TPM that says nothing, and takes no late answer for that to the next command", async (context) => {
    const address = await listening(context, () => undefined);
    const link = await openTpm(address, SHORT);
    await assert.rejects(link.transmit(COMMAND, "quick"), { code: "SIGNER_BUSY" });
    const soon = new Promise((resolve) => setImmediate(resolve, "later"));
    await assert.rejects(Promise.race([link.transmit(COMMAND, "quick"), soon]), { code: "SIGNER_BUSY" });
    await link.close();
  });

  for (const [title, act] of [
    ["hangs up", (socket: Socket) => void socket.end()],
    ["hangs up in the middle of an answer", (socket: Socket) => void socket.end(answer(0).subarray(0, 7))],
    ["says that its answer is endless", (socket: Socket) => void socket.write(Buffer.alloc(10, 0xff))],
    ["says that its answer is shorter than a header", (socket: Socket) => void socket.write(Buffer.alloc(10))],
    ["sends more than it says", (socket: Socket) => void socket.write(Buffer.concat([answer(0), answer(0)]))],
  ] as const) {
    it(`has a fault for one that ${title}`, async (context) => {
      const link = await openTpm(await listening(context, act), PATIENT);
      await assert.rejects(link.transmit(COMMAND, "quick"), { code: "SIGNER_FAILED" });
      await link.close();
    });
  }

  it("is one for all of this program, which take turns", async (context) => {
    let connections = 0;
    let asked = 0;
    const address = await listening(context, (socket, count) => {
      if (count === 0) connections++;
      asked++;
      setImmediate(() => {
        // Another command before this answer: nobody waited.
        assert.equal(asked, count + 1);
        socket.write(answer(0));
      });
    });
    const links = await Promise.all([openTpm(address, PATIENT), openTpm(address, PATIENT)]);
    await Promise.all(links.flatMap((link) => [link.transmit(COMMAND, "quick"), link.transmit(COMMAND, "quick")]));
    assert.deepEqual([asked, connections], [4, 1]);
    await links[0].close();
    await links[1].transmit(COMMAND, "quick");
    const closing = links[1].close();
    const again = await openTpm(address, PATIENT);
    await closing;
    await again.transmit(COMMAND, "quick");
    await again.close();
  });

  it("that broke is broken for all who share it, and made anew after them", async (context) => {
    const address = await listening(context, (socket, count) => void socket.write(count === 0 ? Buffer.alloc(10) : answer(0)));
    const [first, second] = await Promise.all([openTpm(address, PATIENT), openTpm(address, PATIENT)]);
    await assert.rejects(first.transmit(COMMAND, "quick"), { code: "SIGNER_FAILED" });
    await assert.rejects(second.transmit(COMMAND, "quick"), { code: "SIGNER_FAILED" });
    await Promise.all([first.close(), second.close()]);
    const again = await openTpm(address, PATIENT);
    assert.deepEqual(Buffer.from(await again.transmit(COMMAND, "quick")), answer(0));
    await again.close();
  });

  it("has a fault for a device that fails, and one for a device that is none", async () => {
    const full = await openTpm({ kind: "device", path: "/dev/full" }, PATIENT);
    await assert.rejects(full.transmit(COMMAND, "quick"), { code: "SIGNER_FAILED" });
    await full.close();
    const nothing = await openTpm({ kind: "device", path: "/dev/null" }, PATIENT);
    assert.equal((await nothing.transmit(COMMAND, "quick")).length, 0);
    await nothing.close();
  });

  it("says what is not there, and what is not allowed", async (context) => {
    const folder = mkdtempSync(join(tmpdir(), "brevet-tpm-"));
    context.after(() => rmSync(folder, { recursive: true }));
    const absent = { kind: "device", path: join(folder, "tpmrm0") } as const;
    await assert.rejects(openTpm(absent), { code: "SIGNER_ABSENT", details: { reason: "ENOENT" } });
    await assert.rejects(openTpm({ kind: "unix", path: join(folder, "socket") }), { code: "SIGNER_ABSENT" });
    const file = join(folder, "forbidden");
    writeFileSync(file, "");
    chmodSync(file, 0o000);
    // Whoever is root may open it all the same, and reads that it is no TPM.
    const opened = openTpm({ kind: "device", path: file });
    if (process.getuid?.() === 0) await (await opened).close();
    else await assert.rejects(opened, { code: "SIGNER_ABSENT", details: { reason: "EACCES" } });
  });
});

describe("the address of a TPM", () => {
  it("is a device, a host with a port or a socket, and is written as it is read", () => {
    for (const text of ["/dev/tpmrm0", "swtpm:127.0.0.1:2321", "swtpm:[::1]:2321", "unix:/run/swtpm.sock"]) {
      const address = parseTpmAddress(text);
      assert.ok(address);
      assert.equal(formatTpmAddress(address), text);
    }
  });

  it("is nothing else", () => {
    for (const text of ["", "tpmrm0", "unix:", "unix:relative", "swtpm:host", "swtpm:host:0", "swtpm:host:65536", "/"]) {
      assert.equal(parseTpmAddress(text), null, text);
    }
  });
});
