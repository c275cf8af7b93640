import { joined } from "../../core/bytes.ts";
import { Fault } from "../../core/fault.ts";

/*
 * TPM 2.0 Part 1 §5.5 and Part 2 §10.4: integers are big-endian; a TPM2B is its size (u16) and that many bytes.
 */

/** Reads bytes that a TPM, or whoever answers in its place, sent. Every method raises `SIGNER_FAILED` at a cut-off. */
export interface ByteReader {
  u8(): number;
  u16(): number;
  u32(): number;
  take(count: number): Uint8Array;
  /** The bytes of a TPM2B. */
  sized(): Uint8Array;
  /** Refuses bytes that nothing has read. */
  end(): void;
}

/** @param what is named in the message: `the answer to Load`. */
export function readBytes(bytes: Uint8Array, what: string): ByteReader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  const advance = (count: number): number => {
    const start = at;
    if (count > bytes.length - start) throw malformed(`${what} is cut off`);
    at += count;
    return start;
  };
  const reader: ByteReader = {
    u8: () => view.getUint8(advance(1)),
    u16: () => view.getUint16(advance(2)),
    u32: () => view.getUint32(advance(4)),
    take: (count) => {
      const start = advance(count);
      return bytes.slice(start, start + count);
    },
    sized: () => reader.take(reader.u16()),
    end: () => {
      if (at !== bytes.length) throw malformed(`${what} has ${bytes.length - at} bytes too many`);
    },
  };
  return reader;
}

/** What a TPM sent is not what the specification says it sends. */
export function malformed(message: string): Fault {
  return new Fault("SIGNER_FAILED", `the TPM answered wrongly: ${message}`, {
    hints: ["look for messages of the driver: `dmesg | grep -i tpm`"],
  });
}

export function u8(value: number): Uint8Array {
  return Uint8Array.of(value);
}

export function u16(value: number): Uint8Array {
  return Uint8Array.of(value >>> 8, value);
}

export function u32(value: number): Uint8Array {
  return Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value);
}

/** A TPM2B. */
export function sized(bytes: Uint8Array): Uint8Array {
  return joined(u16(bytes.length), bytes);
}
