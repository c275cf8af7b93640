import { connect, type Socket } from "node:net";
import { Fault } from "../../core/fault.ts";
import { systemErrorCode } from "../system-error.ts";
import type { TpmChannel } from "./channel.ts";
import { formatTpmAddress, type TpmAddress } from "./tpm-address.ts";

const HEADER_BYTES = 10;
const MAX_RESPONSE_BYTES = 4096;

/** The data socket of swtpm (`--server type=tcp` or `type=unixio`): commands and responses as they are. */
export async function openSocket(address: Extract<TpmAddress, { kind: "tcp" | "unix" }>, connectMs: number): Promise<TpmChannel> {
  const socket =
    address.kind === "unix"
      ? connect({ path: address.path })
      : connect({ host: address.host, port: address.port, noDelay: true });
  try {
    await connected(socket, connectMs);
  } catch (cause) {
    socket.destroy();
    throw new Fault(
      "SIGNER_ABSENT",
      `no TPM answers at ${formatTpmAddress(address)}: ${systemErrorCode(cause) || "no connection"}`,
      {
        cause,
        hints: ["start swtpm, or take `device` out of the signer's options to use the TPM of this machine"],
      },
    );
  }
  // Between two exchanges nothing listens, and an error that nobody listens to would end the program.
  socket.on("error", () => undefined);
  return {
    exchange: (command) => exchange(socket, command),
    // Waited for: swtpm serves one connection at a time.
    close: () =>
      new Promise((resolve) => {
        if (socket.closed) resolve();
        else socket.once("close", () => resolve()).destroy();
      }),
  };
}

function connected(socket: Socket, connectMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("it does not accept the connection")), connectMs);
    const settle = (action: () => void): void => {
      clearTimeout(timer);
      action();
    };
    socket.once("connect", () => settle(resolve));
    socket.once("error", (error) => settle(() => reject(error)));
  });
}

/** TPM 2.0 Part 1 §18.2: the header's second field is the size of the whole. */
function exchange(socket: Socket, command: Uint8Array): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    let received = Buffer.alloc(0);
    const settle = (action: () => void): void => {
      socket.off("data", onData).off("error", onEnd).off("close", onEnd);
      action();
    };
    const onData = (chunk: Buffer): void => {
      received = Buffer.concat([received, chunk]);
      if (received.length < HEADER_BYTES) return;
      const size = received.readUInt32BE(2);
      if (size < HEADER_BYTES || size > MAX_RESPONSE_BYTES || received.length > size) {
        settle(() => reject(new Error(`${received.length} bytes of an answer that says that it has ${size}`)));
      } else if (received.length === size) settle(() => resolve(received));
    };
    const onEnd = (error?: unknown): void =>
      settle(() => reject(error instanceof Error ? error : new Error("it hung up in the middle of an answer")));
    socket.on("data", onData).once("error", onEnd).once("close", onEnd);
    if (socket.destroyed) onEnd();
    else socket.write(command);
  });
}
