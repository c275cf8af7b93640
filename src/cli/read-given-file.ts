import { closeSync, openSync, readFileSync, readSync } from "node:fs";
import { StringDecoder } from "node:string_decoder";
import { reading } from "../platform/file-faults.ts";

/** A file that the person named, or stdin for `-`. @throws {Fault} `FILE_UNREADABLE` */
export function readGivenFile(path: string): string {
  return reading(path, () => readFileSync(fileOf(path), "utf8"));
}

/** The lines of such a file one by one: together they may be longer than a text can be. @throws {Fault} `FILE_UNREADABLE` */
export function* readGivenLines(path: string): Iterable<string> {
  const file = fileOf(path);
  const descriptor = typeof file === "number" ? file : reading(path, () => openSync(file, "r"));
  const [decoder, buffer] = [new StringDecoder("utf8"), Buffer.alloc(64 * 1024)];
  try {
    let rest = "";
    for (;;) {
      const count = reading(path, () => readSync(descriptor, buffer));
      const lines = decoder.write(buffer.subarray(0, count)).split("\n");
      lines[0] = reading(path, () => rest + lines[0]);
      rest = lines.pop() ?? "";
      yield* lines;
      if (count === 0) break;
    }
    yield rest + decoder.end();
  } finally {
    if (descriptor !== file) closeSync(descriptor);
  }
}

function fileOf(path: string): string | number {
  return path === "-" ? 0 : path;
}
