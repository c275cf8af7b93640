import type { PipedProcess, ProcessEnd } from "./engine.ts";

/** Stands in for a process that the system refused to start. */
export function neverStarted(cause: unknown): PipedProcess {
  const ended = Promise.reject<ProcessEnd>(cause);
  // Whoever waits for the end gets it; nobody may be waiting.
  ended.catch(() => undefined);
  return { send: () => undefined, exited: ended, ended, kill: () => undefined, pid: () => null, letGo: () => undefined };
}
