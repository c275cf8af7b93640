/**
 * A call into a driver or a library that waits for a person cannot be taken back, and Node waits at its end for the thread that is
 * in it. Everything is written when the exit handlers run, so there the process ends itself by a signal. Bun does not wait.
 */
export function leaveDespiteStuckCall(): void {
  if (process.versions["bun"] === undefined) process.once("exit", () => process.kill(process.pid, "SIGKILL"));
}
