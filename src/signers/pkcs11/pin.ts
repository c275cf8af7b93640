import { fstatSync, readSync } from "node:fs";
import { textOf, utf8 } from "../../core/bytes.ts";
import { Fault } from "../../core/fault.ts";
import { Secret } from "../../core/secret.ts";
import type { Terminal } from "../../core/terminal.ts";
import type { PinSource } from "./options.ts";

/** No token takes a longer one. */
const MAX_PIN_BYTES = 255;
const LINE_FEED = 10;

/**
 * The PIN from where the config says that it comes from.
 *
 * @returns null where none is wanted.
 * @throws {Fault} `PERSON_ABSENT`, `INTERRUPTED`; `FILE_UNREADABLE` for a descriptor that is not open.
 */
export async function obtainPin(
  source: PinSource,
  terminal: Pick<Terminal, "askSecret">,
  identity: string,
): Promise<Secret<string> | null> {
  if (source === null) return null;
  if (source.from === "descriptor") return new Secret("PIN", readPin(source.descriptor));
  try {
    return new Secret("PIN", await terminal.askSecret(`the PIN of the token with the key of ${identity}`));
  } catch (cause) {
    if (!(cause instanceof Fault) || cause.code !== "PERSON_ABSENT") throw cause;
    throw cause.told({
      hints: [
        "run it in a terminal",
        "at `init`, `--signer-option pin=fd:3` has each command read it from a file that is opened for it, `3<pin-file`",
        "at `init`, `--signer-option pin=stored` has it asked for once and sealed; afterwards set `pin` of the signer in the config",
      ],
    });
  }
}

/** The first line. A file is read from its start each time, because several keys may need the PIN; a pipe gives it once. */
function readPin(descriptor: number): string {
  const bytes = new Uint8Array(MAX_PIN_BYTES + 2);
  let length = 0;
  try {
    const fromStart = fstatSync(descriptor).isFile();
    while (length < bytes.length && !bytes.subarray(0, length).includes(LINE_FEED)) {
      const read = readSync(descriptor, bytes, length, bytes.length - length, fromStart ? length : null);
      if (read === 0) break;
      length += read;
    }
  } catch (cause) {
    throw new Fault("FILE_UNREADABLE", `the PIN cannot be read: file descriptor ${descriptor} is not open`, {
      hints: [
        `open it for the command: \`brevet … ${descriptor}<pin-file\``,
        "AWS tools hand no descriptor on: for them set `pin` of the signer to `stored`, and the PIN is asked for once and sealed",
      ],
      cause,
    });
  }
  const [line = ""] = textOf(bytes.subarray(0, length)).split(/\r?\n/);
  bytes.fill(0);
  // What was cut off or replaced above is another PIN, and a token counts each that is wrong.
  if (line === "" || utf8(line).length > MAX_PIN_BYTES || line.includes("\uFFFD"))
    throw new Fault("FILE_UNREADABLE", `file descriptor ${descriptor} holds no PIN in its first line`, {
      hints: [`a PIN is UTF-8, up to ${MAX_PIN_BYTES} bytes`],
    });
  return line;
}
