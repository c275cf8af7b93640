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
 * ended in order too.
 *
 * @param signals without `SIGHUP` where that asks for something else: see {@link onReload}.
 */
export function stopSignal(signals?: readonly NodeJS.Signals[]): AbortSignal {
  const stop = new AbortController();
  onInterruption(() => stop.abort(), signals);
  return stop.signal;
}

/**
 * Has a server read its files again at `SIGHUP`, as `systemctl reload` sends it. What comes while it starts is done when it runs: it may
 * have read the file before.
 *
 * @param livesOnTerminal whether this process lives on a terminal that is there; asked now, and at each signal.
 * @returns is aborted when the signal says that this terminal has closed: then the server has to end, as all that runs there.
 */
export function onReload<Server>(
  starting: Promise<Server>,
  reload: (running: Server) => Promise<void>,
  livesOnTerminal: () => boolean,
): AbortSignal {
  const began = livesOnTerminal();
  const closed = new AbortController();
  process.on("SIGHUP", () => {
    if (began && !livesOnTerminal()) closed.abort();
    else void starting.then(reload, () => undefined);
  });
  return closed.signal;
}
