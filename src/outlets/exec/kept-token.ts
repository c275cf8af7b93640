import type { BearerCredentials } from "../../core/credentials.ts";
import { Fault } from "../../core/fault.ts";
import type { Clock } from "../../core/time.ts";
import { type After, afterTimeout } from "./after.ts";
import type { RunFiles } from "./run-files.ts";

/** What a kept token is made of. */
export interface KeptTokenParts {
  /** A token with as long a life as can be had now. */
  readonly token: () => Promise<BearerCredentials>;
  readonly files: RunFiles;
  readonly clock: Pick<Clock, "now">;
  readonly warn: (line: string) => void;
  /** Default: the machine's own. */
  readonly after?: After;
}

/**
 * A token is replaced when this much of its life is left: a program that read the file a moment earlier must still be able to use
 * it.
 */
const LEFT_SECONDS = 120;
/** Between attempts when no new token can be had. */
const RETRY_SECONDS = 15;

/**
 * Writes a token into a file of its owner and replaces it, as a whole, before it ends, until it is closed.
 *
 * @returns what ends the renewals; the file is the caller's to remove.
 */
export async function keepToken(parts: KeptTokenParts): Promise<() => void> {
  const { files, clock, warn, after = afterTimeout } = parts;
  let callOff = (): void => {};
  let closed = false;
  const write = async (): Promise<number> => {
    const { token, expiresAt } = await parts.token();
    if (!closed) files.write(files.token, token.reveal());
    return Math.max(1, expiresAt - clock.now() - LEFT_SECONDS);
  };
  const renewIn = (seconds: number): void => {
    if (closed) return;
    callOff = after(seconds * 1000, () => {
      write().then(renewIn, (cause: unknown) => {
        if (!(cause instanceof Fault)) throw cause;
        warn(`the token for the program could not be renewed: ${cause.message}`);
        renewIn(RETRY_SECONDS);
      });
    });
  };
  renewIn(await write());
  return () => {
    closed = true;
    callOff();
  };
}
