/**
 * Runs `stop` in place of ending at once when somebody asks this process to end, by Ctrl-C or by a signal; a second time, it
 * ends as it would have.
 *
 * @returns what takes that back.
 */
export function onInterruption(
  stop: (signal: NodeJS.Signals) => void,
  signals: readonly NodeJS.Signals[] = ["SIGINT", "SIGTERM", "SIGHUP"],
): () => void {
  for (const signal of signals) process.once(signal, stop);
  return () => {
    for (const signal of signals) process.off(signal, stop);
  };
}

/**
 * For what runs until it is stopped: aborted when somebody asks this process to end. Taken before anything is begun, so that a start is
 * ended in order too. `SIGHUP` asks a server for something else.
 */
export function stopSignal(): AbortSignal {
  const stop = new AbortController();
  onInterruption(() => stop.abort(), ["SIGINT", "SIGTERM"]);
  return stop.signal;
}
