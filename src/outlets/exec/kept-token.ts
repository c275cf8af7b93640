import { randomBytes } from "node:crypto";
import { join } from "node:path";
import type { BearerCredentials } from "../../core/credentials.ts";
import { Fault } from "../../core/fault.ts";
import type { Clock } from "../../core/time.ts";
import type { PrivateFiles } from "../../platform/files.ts";
import { isRunning } from "../../platform/process-identity.ts";

/** A token in a file, fresh for as long as a program runs. */
export interface KeptToken {
  readonly file: string;
  /** Ends the renewals and removes the file. */
  close(): void;
}

/** What a kept token is made of. */
export interface KeptTokenParts {
  /** In memory where the system has such a folder. */
  readonly folder: string;
  /** A token that lives as long as can be had now. */
  readonly token: () => Promise<BearerCredentials>;
  /** A document beside the token that names its file; its own name is the token's with `.json` behind it. */
  readonly document?: (file: string) => string;
  readonly files: PrivateFiles;
  readonly clock: Pick<Clock, "now">;
  readonly warn: (line: string) => void;
  /** Calls back once after so many milliseconds; the result calls it off. For tests; else the machine's own. */
  readonly after?: (milliseconds: number, work: () => void) => () => void;
}

/** A token is replaced when this much of its life is left: whoever reads the file a moment before must still be able to use it. */
const LEFT_SECONDS = 120;
/** Between attempts when no new token can be had. */
const RETRY_SECONDS = 15;

/**
 * Writes a token into a file of its owner and replaces it, as a whole, before it ends, until it is closed.
 *
 * Files that runs left which were killed are removed first: their tokens have ended, or end within minutes.
 */
export async function keepToken(parts: KeptTokenParts): Promise<KeptToken> {
  const { folder, files, clock, warn, after = afterTimeout } = parts;
  files.ensureFolder(folder);
  sweep(folder, files);
  const file = join(folder, `${process.pid}-${randomBytes(6).toString("hex")}.jwt`);
  let callOff = (): void => {};
  let closed = false;
  const write = async (): Promise<number> => {
    const { token, expiresAt } = await parts.token();
    if (!closed) files.replace(file, Buffer.from(token.reveal()), "passing");
    return Math.max(1, expiresAt - clock.now() - LEFT_SECONDS);
  };
  const renewIn = (seconds: number): void => {
    callOff = after(seconds * 1000, () => {
      write().then(renewIn, (cause: unknown) => {
        if (!(cause instanceof Fault)) throw cause;
        warn(`the token for the program could not be renewed: ${cause.message}`);
        renewIn(RETRY_SECONDS);
      });
    });
  };
  const document = parts.document?.(file);
  if (document !== undefined) files.replace(documentOf(file), Buffer.from(document), "passing");
  renewIn(await write());
  return {
    file,
    close() {
      closed = true;
      callOff();
      files.remove(file);
      if (document !== undefined) files.remove(documentOf(file));
    },
  };
}

/** The document of a kept token. */
export function documentOf(tokenFile: string): string {
  return `${tokenFile}.json`;
}

function sweep(folder: string, files: PrivateFiles): void {
  for (const name of files.list(folder)) {
    const pid = Number(/^(\d+)-[0-9a-f]{12}\.jwt(\.json)?$/.exec(name)?.[1] ?? Number.NaN);
    if (pid > 0 && !isRunning(pid)) files.remove(join(folder, name));
  }
}

function afterTimeout(milliseconds: number, work: () => void): () => void {
  const timer = setTimeout(work, milliseconds);
  return () => clearTimeout(timer);
}
