import { closeSync, openSync, readSync } from "node:fs";
import { StringDecoder } from "node:string_decoder";
import { reading } from "../../platform/file-faults.ts";
import { farTooLong, MAX_BYTES } from "../../platform/plain-file.ts";
import { systemErrorCode } from "../../platform/system-error.ts";
import { blockFor, OTHER_END_MS } from "../../platform/write-all.ts";
import { withoutMark } from "../../wire/brevet-config/read-plain.ts";

const STDIN = 0;

/**
 * A file that the person named, or stdin for `-`. It may be a pipe, as the shell makes one of `<(…)`, and is waited for then.
 *
 * @throws {Fault} `FILE_UNREADABLE`; `FILE_UNSAFE` for what is far too long, or never ends.
 */
export function readGivenFile(path: string): string {
  const parts: string[] = [];
  let length = 0;
  for (const part of textsOf(path)) {
    length += Buffer.byteLength(part);
    if (length > MAX_BYTES) throw farTooLong(nameOf(path));
    parts.push(part);
  }
  return parts.join("");
}

/**
 * The lines of such a file one by one: together they may be longer than a text can be, and each no longer than a file.
 *
 * @throws {Fault} as {@link readGivenFile}
 */
export function* readGivenLines(path: string): Iterable<string> {
  let rest = "";
  for (const part of textsOf(path)) {
    const lines = part.split("\n");
    lines[0] = rest + lines[0];
    rest = lines.pop() ?? "";
    yield* lines;
    if (rest.length > MAX_BYTES) throw farTooLong(nameOf(path), `a line of ${nameOf(path)}`);
  }
  yield rest;
}

/** The text of a file in parts. In Windows PowerShell `>` writes UTF-16, and editors of Windows put a mark before a text, which is no part of it. */
function* textsOf(path: string): Iterable<string> {
  let decoder: StringDecoder | undefined;
  let isBegin = true;
  for (const part of partsOf(path)) {
    decoder ??= new StringDecoder(part[0] === 0xff && part[1] === 0xfe ? "utf16le" : "utf8");
    const text = decoder.write(part);
    yield isBegin ? withoutMark(text) : text;
    isBegin &&= text === "";
  }
  yield decoder?.end() ?? "";
}

/** Each part is valid until the next one is asked for. */
function* partsOf(path: string): Iterable<Buffer> {
  const descriptor = path === "-" ? STDIN : reading(path, () => openSync(path, "r"));
  const buffer = Buffer.alloc(64 * 1024);
  try {
    for (;;) {
      const count = reading(nameOf(path), () => readWhenThere(descriptor, buffer));
      if (count === 0) return;
      yield buffer.subarray(0, count);
    }
  } finally {
    if (descriptor !== STDIN) closeSync(descriptor);
  }
}

function readWhenThere(descriptor: number, buffer: Buffer): number {
  for (;;) {
    try {
      return readSync(descriptor, buffer);
    } catch (cause) {
      if (systemErrorCode(cause) !== "EAGAIN") throw cause;
      blockFor(OTHER_END_MS);
    }
  }
}

function nameOf(path: string): string {
  return path === "-" ? "/dev/stdin" : path;
}
