import { createHash } from "node:crypto";

/** `LC_CODE_SIGNATURE`: command u32 ‖ size u32 ‖ offset u32 ‖ size u32. @see mach-o/loader.h */
const CODE_SIGNATURE = 0x1d;
/** A directory of hashes in a signature. @see xnu, osfmk/kern/cs_blobs.h: `CSMAGIC_CODEDIRECTORY`, `CS_CodeDirectory` */
const CODE_DIRECTORY = 0xfade0c02;
const SHA_256 = 2;

/**
 * How many pages of an executable of macOS are not what its signature says: macOS kills a program at the first that it comes to, and on Apple
 * silicon one without a signature at once.
 *
 * @returns null where there is no signature that could be read.
 */
export function unsignedPages(bytes: Buffer): number | null {
  const signature = signatureOffset(bytes);
  const directory = signature === null ? null : directoryOffset(bytes, signature);
  if (directory === null || bytes[directory + 37] !== SHA_256) return null;
  const [hashes, count] = [directory + bytes.readUInt32BE(directory + 16), bytes.readUInt32BE(directory + 28)];
  const [end, hashBytes, pageBytes] = [
    bytes.readUInt32BE(directory + 32),
    bytes.readUInt8(directory + 36),
    2 ** bytes.readUInt8(directory + 39),
  ];
  const pages = Array.from({ length: count }, (_, page) =>
    bytes.subarray(page * pageBytes, Math.min((page + 1) * pageBytes, end)),
  );
  const fits = (content: Buffer, page: number): boolean => {
    const hash = createHash("sha256").update(content).digest().subarray(0, hashBytes);
    return hash.equals(bytes.subarray(hashes + page * hashBytes, hashes + (page + 1) * hashBytes));
  };
  return pages.filter((content, page) => !fits(content, page)).length;
}

function signatureOffset(bytes: Buffer): number | null {
  let at = 32;
  for (let left = bytes.readUInt32LE(16); left > 0 && at + 16 <= bytes.length; left -= 1) {
    const offset = bytes.readUInt32LE(at + 8);
    if (bytes.readUInt32LE(at) === CODE_SIGNATURE) return offset < bytes.length ? offset : null;
    at += bytes.readUInt32LE(at + 4);
  }
  return null;
}

/** In the list of a signature: magic u32 ‖ length u32 ‖ count u32, then type u32 ‖ offset u32 for each, all big-endian. */
function directoryOffset(bytes: Buffer, signature: number): number | null {
  for (let index = 0; index < bytes.readUInt32BE(signature + 8); index += 1) {
    const at = signature + bytes.readUInt32BE(signature + 12 + 8 * index + 4);
    if (bytes.readUInt32BE(at) === CODE_DIRECTORY) return at;
  }
  return null;
}
