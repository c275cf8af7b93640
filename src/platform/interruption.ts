/**
 * Runs `stop` in place of ending at once when somebody asks this process to end, by Ctrl-C or by a signal; a second time, it
 * ends as it would have.
 *
 * @returns what takes that back.
 */
export function onInterruption(stop: (signal: NodeJS.Signals) => void): () => void {
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const signal of signals) process.once(signal, stop);
  return () => {
    for (const signal of signals) process.off(signal, stop);
  };
}
