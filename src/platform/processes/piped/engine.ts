import type { Environment } from "../../paths.ts";

/** A program to start, and what is called with its output. */
export interface PipedProgram {
  readonly command: readonly [string, ...string[]];
  /** The whole environment of the program. */
  readonly environment: Environment;
  readonly onOutput: (text: string) => void;
  /** `inherit`: its stderr is ours, so that it can tell a person something. */
  readonly onErrorOutput: ((text: string) => void) | "inherit";
}

/** How a process ended: by a status, or by a signal. */
export interface ProcessEnd {
  readonly status: number | null;
  readonly signal: string | null;
}

/** A running process between pipes: it is given one text, and heard until it ends. It is in our session. */
export interface PipedProcess {
  /** Gives it the text, and then the end of its input. A program that does not read it is not an error. */
  send(text: string): void;
  /** When it has ended, heard or not. Rejects with the system's error if it could not be started. */
  readonly exited: Promise<ProcessEnd>;
  /** When it has ended and all that it wrote was heard: whatever it left behind may hold its output open. Rejects as `exited`. */
  readonly ended: Promise<ProcessEnd>;
  /** Ends it, and not what it started. */
  kill(): void;
  /** Its number, as long as that is its own: null once it has ended, and where it never started. */
  pid(): number | null;
  /** It does not keep us alive any more, and is not heard any more. */
  letGo(): void;
}

/** Starts a program without a shell; a program that cannot be started is told by `ended`. */
export type ProcessEngine = (program: PipedProgram) => PipedProcess;
