/**
 * Runs `stop` instead of ending when this process is asked to end, by Ctrl-C or a signal. The second time, the process ends.
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
 * @param signals without `SIGHUP` if that has another meaning: see {@link onReload}.
 */
export function stopSignal(signals?: readonly NodeJS.Signals[]): AbortSignal {
  const stop = new AbortController();
  onInterruption(() => stop.abort(), signals);
  return stop.signal;
}

/** A terminal that closes and signals does both at once. */
const LET_GO_MS = 5000;

/**
 * Has a server read its files again at `SIGHUP`, as `systemctl reload` sends it. What comes while it starts is done when it runs: it may
 * have read the file before.
 *
 * @param livesOnTerminal whether this process lives on a terminal that is there; asked now, now and then, and at each signal.
 * @returns is aborted when the signal says that this terminal has closed: then the server has to end, as all that runs there.
 */
export function onReload<Server>(
  starting: Promise<Server>,
  reload: (running: Server) => Promise<void>,
  livesOnTerminal: () => boolean,
): AbortSignal {
  let lived = livesOnTerminal();
  const closed = new AbortController();
  // A terminal that closed without a signal let this process go (`disown`): whatever signal comes later is no longer the terminal's.
  setInterval(() => {
    lived &&= livesOnTerminal();
  }, LET_GO_MS).unref();
  process.on("SIGHUP", () => {
    if (lived && !livesOnTerminal()) closed.abort();
    else void starting.then(reload, () => undefined);
  });
  return closed.signal;
}
