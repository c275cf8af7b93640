import type { PipedProcess, ProcessEnd } from "./engine.ts";

/** What stands for a process that the system refused to start. */
export function neverStarted(cause: unknown): PipedProcess {
  const ended = Promise.reject<ProcessEnd>(cause);
  // Who waits for the end is told; nobody may.
  ended.catch(() => undefined);
  return { send: () => undefined, exited: ended, ended, kill: () => undefined, pid: () => null, letGo: () => undefined };
}
