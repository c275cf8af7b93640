import type { TpmChannel } from "./channel.ts";

/** A channel that parts of this program share. */
export interface SharedChannel extends TpmChannel {
  /** Once an exchange has failed, what comes might be its answer: all others fail by the same cause. */
  lose(cause: unknown): void;
}

interface OpenChannel {
  readonly opened: Promise<TpmChannel>;
  users: number;
  /** The exchange before, whatever comes of it. */
  turn: Promise<unknown>;
  lost: { readonly cause: unknown } | null;
  /** Set when the last user has closed it. */
  closed: Promise<void> | null;
}

const CHANNELS = new Map<string, OpenChannel>();

/**
 * Opens a channel, or shares the one of that name that is open in this process: swtpm and `/dev/tpm0` have room for one, and a signer
 * is about to sign, or is still leaving, while the store's guard asks the same TPM.
 */
export async function shareChannel(name: string, open: () => Promise<TpmChannel>): Promise<SharedChannel> {
  for (let closed = CHANNELS.get(name)?.closed; closed; closed = CHANNELS.get(name)?.closed) await closed;
  const shared = CHANNELS.get(name) ?? { opened: open(), users: 0, turn: Promise.resolve(), lost: null, closed: null };
  CHANNELS.set(name, shared);
  shared.users++;
  const channel = await shared.opened.catch((cause: unknown) => {
    CHANNELS.delete(name);
    throw cause;
  });
  const requireKept = (): void => {
    if (shared.lost !== null) throw shared.lost.cause;
  };
  return {
    async exchange(command) {
      // The exchange before may never end.
      requireKept();
      const done = shared.turn.then(() => {
        requireKept();
        return channel.exchange(command);
      });
      shared.turn = done.catch((cause: unknown) => {
        shared.lost ??= { cause };
      });
      return done;
    },
    lose(cause) {
      shared.lost ??= { cause };
    },
    // The last user to leave closes it.
    async close() {
      if (--shared.users > 0) return;
      shared.closed = channel.close().finally(() => CHANNELS.delete(name));
      await shared.closed;
    },
  };
}
