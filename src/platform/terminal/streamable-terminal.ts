import { askPs } from "../processes/ask-ps.ts";
import { CONTROLLING_TERMINAL } from "./controlling-terminal.ts";

/**
 * The controlling terminal, as streams can have it: macOS lets nobody wait for its `/dev/tty` (kqueue answers EINVAL), for the same
 * terminal by its own name it does. Node finds that name by itself, Bun does not.
 */
export function streamableTerminal(): typeof CONTROLLING_TERMINAL {
  if (process.platform !== "darwin" || process.versions["bun"] === undefined) return CONTROLLING_TERMINAL;
  const own = nameOfTerminal();
  return own === null ? CONTROLLING_TERMINAL : { input: own, output: own };
}

/** The device of this process's terminal, `/dev/ttys003`; null where nobody tells. */
export function nameOfTerminal(): string | null {
  try {
    const name = askPs("-o", "tty=", "-p", String(process.pid));
    return /^[a-z]+[\w/]*$/i.test(name) ? `/dev/${name}` : null;
  } catch {
    return null;
  }
}
