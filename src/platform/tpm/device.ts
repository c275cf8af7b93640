import { type FileHandle, open } from "node:fs/promises";
import { Fault } from "../../core/fault.ts";
import { shellCommand } from "../../core/shell-command.ts";
import { leaveDespiteStuckCall } from "../processes/leave-despite-stuck-call.ts";
import { systemErrorCode } from "../system-error.ts";
import type { TpmChannel } from "./channel.ts";

/** More than any TPM sends: the driver gives a response to one read, or what did not fit is lost. */
const READ_BYTES = 4096;

/**
 * The character device of the kernel: one write is one command, and the read after it gives the one response.
 *
 * The driver works in the write, in a state that no signal ends; it has limits of its own (two minutes, five for making a key),
 * so the caller's deadline reports a chip that hangs, and the call itself ends later.
 */
export async function openDevice(path: string): Promise<TpmChannel> {
  let file: FileHandle;
  try {
    file = await open(path, "r+");
  } catch (cause) {
    throw unopened(path, cause);
  }
  let isWaiting = false;
  return {
    async exchange(command) {
      isWaiting = true;
      try {
        await file.write(command, 0, command.length, null);
        const buffer = new Uint8Array(READ_BYTES);
        const { bytesRead } = await file.read(buffer, 0, READ_BYTES, null);
        return buffer.subarray(0, bytesRead);
      } finally {
        isWaiting = false;
      }
    },
    async close() {
      if (isWaiting) leaveDespiteStuckCall();
      else await file.close();
    },
  };
}

function unopened(path: string, cause: unknown): Fault {
  const code = systemErrorCode(cause);
  if (code === "EACCES" || code === "EPERM") {
    return new Fault("SIGNER_ABSENT", `this user may not use the TPM at ${path}`, {
      cause,
      hints: ['`sudo usermod --append --groups tss "$USER"`, then sign in to this machine again'],
      details: { reason: code },
    });
  }
  if (code === "EBUSY") {
    return new Fault("SIGNER_BUSY", `another program holds the TPM at ${path}`, {
      cause,
      hints: ["use /dev/tpmrm0, which many programs share", `see which: \`${shellCommand`sudo fuser -v ${path}`}\``],
      details: { reason: code },
    });
  }
  if (process.platform !== "linux") {
    return new Fault("SIGNER_ABSENT", `there is no TPM at ${path}: this system has no such device`, { cause });
  }
  const absent = ["ENOENT", "ENODEV", "ENXIO", "ENOTDIR"].includes(code);
  return new Fault(
    "SIGNER_ABSENT",
    absent ? `no TPM 2.0 is at ${path}` : `the TPM at ${path} cannot be opened: ${code || String(cause)}`,
    {
      cause,
      hints: ["look for the TPM (PTT, fTPM) in the firmware's settings, and for messages of the driver: `dmesg | grep -i tpm`"],
      details: { reason: code },
    },
  );
}
