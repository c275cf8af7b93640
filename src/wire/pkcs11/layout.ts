/**
 * How PKCS #11 lays out numbers and structures in memory: CK_ULONG is a C `unsigned long`, which has 32 bits on Windows and 64
 * elsewhere, and on Windows structures have no padding (pkcs11.h of v2.40, §2.1 "platform specific").
 *
 * Pointers have 64 bits on every platform that brevet is built for.
 */
export interface CkLayout {
  readonly ulongBytes: 4 | 8;
  readonly packed: boolean;
}

/** The layout of a platform. */
export function layoutOf(platform: NodeJS.Platform): CkLayout {
  return platform === "win32" ? { ulongBytes: 4, packed: true } : { ulongBytes: 8, packed: false };
}

/** An attribute with its value, or with room for one. */
export interface CkAttribute {
  readonly type: number;
  readonly value: Buffer | null;
}

const POINTER_BYTES = 8;

/** CK_ULONG as bytes. */
export function encodeUlong({ ulongBytes }: CkLayout, value: number): Buffer {
  const bytes = Buffer.alloc(ulongBytes);
  if (ulongBytes === 4) bytes.writeUInt32LE(value);
  else bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}

/** The CK_ULONG at that index of an array. CK_UNAVAILABLE_INFORMATION, all bits set, is −1. */
export function decodeUlong({ ulongBytes }: CkLayout, bytes: Buffer, index = 0): number {
  if (ulongBytes === 4) {
    const value = bytes.readUInt32LE(index * 4);
    return value === 0xffffffff ? -1 : value;
  }
  const value = bytes.readBigUInt64LE(index * 8);
  return value === 0xffffffffffffffffn ? -1 : Number(value);
}

/**
 * The handle at that index of an array: a CK_ULONG that a module may use in full. tpm2-pkcs11 has session handles beyond 2^53, and
 * another handle than its own may crash it.
 */
export function decodeHandle({ ulongBytes }: CkLayout, bytes: Buffer, index = 0): bigint {
  return ulongBytes === 4 ? BigInt(bytes.readUInt32LE(index * 4)) : bytes.readBigUInt64LE(index * 8);
}

/**
 * CK_ATTRIBUTE[], and CK_MECHANISM, which has the same form: type CK_ULONG ‖ pValue pointer ‖ ulValueLen CK_ULONG.
 *
 * @param address of a buffer in memory. What is returned holds on to the buffers that it points to: whoever is given it in a
 * call keeps them from being collected meanwhile.
 */
export function encodeAttributes(
  layout: CkLayout,
  attributes: readonly CkAttribute[],
  address: (buffer: Buffer) => bigint,
): Buffer {
  const { ulongBytes } = layout;
  const stride = attributeBytes(layout);
  const bytes = Buffer.alloc(stride * attributes.length);
  for (const [index, { type, value }] of attributes.entries()) {
    const at = index * stride;
    encodeUlong(layout, type).copy(bytes, at);
    bytes.writeBigUInt64LE(value === null || value.length === 0 ? 0n : address(value), at + ulongBytes);
    encodeUlong(layout, value?.length ?? 0).copy(bytes, at + ulongBytes + POINTER_BYTES);
  }
  return Object.assign(bytes, { pointsTo: attributes });
}

/** The lengths that a module wrote into CK_ATTRIBUTE[]; −1 for an attribute that it does not give. */
export function attributeLengths(layout: CkLayout, bytes: Buffer): readonly number[] {
  const stride = attributeBytes(layout);
  return Array.from({ length: bytes.length / stride }, (_, index) =>
    decodeUlong(layout, bytes.subarray(index * stride + layout.ulongBytes + POINTER_BYTES)),
  );
}

function attributeBytes({ ulongBytes }: CkLayout): number {
  return 2 * ulongBytes + POINTER_BYTES;
}

/** The offset of a function pointer in CK_FUNCTION_LIST: version (2 bytes) ‖ pointers, aligned unless packed. */
export function functionOffset({ packed }: CkLayout, index: number): number {
  return (packed ? 2 : POINTER_BYTES) + index * POINTER_BYTES;
}

/** What is read of CK_TOKEN_INFO. Texts are without the spaces that fill them up. */
export interface TokenInfo {
  readonly label: string;
  readonly manufacturer: string;
  readonly model: string;
  readonly serial: string;
  readonly flags: number;
}

/** Longer than CK_TOKEN_INFO is in any layout (96 + 11 CK_ULONG + 20). */
export const TOKEN_INFO_BYTES = 256;

/** CK_TOKEN_INFO: label 32 ‖ manufacturerID 32 ‖ model 16 ‖ serialNumber 16 ‖ flags CK_ULONG ‖ … */
export function decodeTokenInfo(layout: CkLayout, bytes: Buffer): TokenInfo {
  const text = (start: number, length: number): string =>
    bytes
      .subarray(start, start + length)
      .toString("utf8")
      .replace(/[\0 ]+$/, "");
  return {
    label: text(0, 32),
    manufacturer: text(32, 32),
    model: text(64, 16),
    serial: text(80, 16),
    flags: decodeUlong(layout, bytes.subarray(96)),
  };
}
