import { Fault } from "../../core/fault.ts";
import { pause } from "../tempo.ts";
import type { TpmChannel } from "./channel.ts";
import { openDevice } from "./device.ts";
import { shareChannel } from "./shared-channel.ts";
import { formatTpmAddress, type TpmAddress } from "./tpm-address.ts";

/** An open way to a TPM. One command at a time. */
export interface TpmLink {
  /**
   * Sends a command and gives its response, whatever that says; asked again while the TPM only says "later".
   *
   * @param pace `slow` for a command that makes a key: a real chip looks for primes for up to a minute.
   * @throws {Fault} `SIGNER_ABSENT`, `SIGNER_BUSY`, `SIGNER_FAILED`
   */
  transmit(command: Uint8Array, pace: "quick" | "slow"): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** How long a command may take. Less than the minute after which the AWS SDK for Go kills a credential process. */
export interface TpmPatience {
  readonly quickMs: number;
  readonly slowMs: number;
  /** How long a TPM that is full is asked again: another program may be about to leave it. */
  readonly fullMs: number;
}

const PATIENCE: TpmPatience = { quickMs: 20_000, slowMs: 180_000, fullMs: 1500 };

/** TPM 2.0 Part 2 §6.6.3: YIELDED, TESTING, NV_RATE, RETRY: nothing was done, and the same command may be sent again. */
const LATER = new Set([0x908, 0x90a, 0x920, 0x922]);
/** OBJECT_MEMORY, SESSION_MEMORY, SESSION_HANDLES, OBJECT_HANDLES */
const FULL = new Set([0x902, 0x903, 0x905, 0x906]);

const FIRST_PAUSE_MS = 5;
const LONGEST_PAUSE_MS = 200;

/** Opens the way to a TPM. @throws {Fault} `SIGNER_ABSENT` with what to do, `SIGNER_BUSY` */
export async function openTpm(address: TpmAddress, patience: TpmPatience = PATIENCE): Promise<TpmLink> {
  const channel = await shareChannel(formatTpmAddress(address), () => openChannel(address, patience.quickMs));
  return {
    async transmit(command, pace) {
      const deadline = pace === "quick" ? patience.quickMs : patience.slowMs;
      try {
        return await within(deadline, address, () => untilDone(channel, command, { ...patience, quickMs: deadline }));
      } catch (cause) {
        const fault = asFault(cause, address);
        channel.lose(fault);
        throw fault;
      }
    },
    close: channel.close,
  };
}

/** The network's modules and foreign functions take milliseconds to load, and the device needs none. */
async function openChannel(address: TpmAddress, connectMs: number): Promise<TpmChannel> {
  if (address.kind === "device") return openDevice(address.path);
  if (address.kind === "tbs") return (await import("./tbs.ts")).openTbs(address.library);
  const { openSocket } = await import("./socket.ts");
  return openSocket(address, connectMs);
}

/** The pauses grow, so that waiting for a slow TPM is not what keeps it busy; their sum is the time that went by. */
async function untilDone(channel: TpmChannel, command: Uint8Array, patience: TpmPatience): Promise<Uint8Array> {
  let waitedMs = 0;
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
    const response = await channel.exchange(command);
    const code = responseCode(response);
    const limitMs = LATER.has(code) ? patience.quickMs : FULL.has(code) ? patience.fullMs : 0;
    if (waitedMs >= limitMs) return response;
    await pause(pauseMs);
    waitedMs += pauseMs;
  }
}

/** The header is tag u16 ‖ size u32 ‖ code u32; the reader of the response judges one that is cut off. */
function responseCode(response: Uint8Array): number {
  return response.length < 10 ? 0 : new DataView(response.buffer, response.byteOffset).getUint32(6);
}

async function within<T>(deadlineMs: number, address: TpmAddress, work: () => Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const where = formatTpmAddress(address);
      const hints = address.kind === "tbs" ? [] : ["see who uses it: `sudo fuser -v /dev/tpm0 /dev/tpmrm0`"];
      reject(
        new Fault("SIGNER_BUSY", `the TPM at ${where} did not answer within ${deadlineMs / 1000} s`, {
          hints: [...hints, whatSystemSays(address)],
        }),
      );
    }, deadlineMs);
  });
  try {
    return await Promise.race([work(), late]);
  } finally {
    clearTimeout(timer);
  }
}

function asFault(cause: unknown, address: TpmAddress): Fault {
  if (cause instanceof Fault) return cause;
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new Fault("SIGNER_FAILED", `the TPM at ${formatTpmAddress(address)} broke off: ${reason}`, {
    hints: ["run it again", whatSystemSays(address)],
    cause,
  });
}

function whatSystemSays({ kind }: TpmAddress): string {
  return kind === "tbs" ? "`tpm.msc` shows its state" : "look for messages of the driver: `dmesg | grep -i tpm`";
}
