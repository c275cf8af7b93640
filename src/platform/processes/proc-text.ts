import { textOf } from "../../core/bytes.ts";
import { systemCalls } from "../file-calls.ts";

/** Longer than any file that is read here. Linux clears as much memory as the reader of a file in `/proc/sys` has room for. */
const ROOM_BYTES = 4096;

/** A short file of `/proc`; null where there is none. */
export function procText(path: string): string | null {
  try {
    const descriptor = systemCalls.openForReading(path);
    try {
      return textOf(systemCalls.read(descriptor, ROOM_BYTES));
    } finally {
      systemCalls.close(descriptor);
    }
  } catch {
    return null;
  }
}
