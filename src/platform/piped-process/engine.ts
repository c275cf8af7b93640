import type { Environment } from "../paths.ts";

/** A program to start, and who hears what it writes. */
export interface PipedProgram {
  readonly command: readonly [string, ...string[]];
  /** The whole environment of the program. */
  readonly environment: Environment;
  readonly onOutput: (text: string) => void;
  readonly onErrorOutput: (text: string) => void;
}

/** How a process ended: by a status, or by a signal. */
export interface ProcessEnd {
  readonly status: number | null;
  readonly signal: string | null;
}

/** A running process between pipes: it is given one text, and heard until it ends. */
export interface PipedProcess {
  /** Gives it the text, and then the end of its input. A program that does not read it is no fault. */
  send(text: string): void;
  /** When it has ended and all that it wrote was heard. Rejects with the system's error if it could not be started. */
  readonly ended: Promise<ProcessEnd>;
  kill(): void;
  /** It does not keep us alive any more, and is not heard any more. */
  letGo(): void;
}

/** Starts a program without a shell. */
export type ProcessEngine = (program: PipedProgram) => PipedProcess;
