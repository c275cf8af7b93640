import { Fault } from "../../core/fault.ts";
import type { Store } from "../../core/store.ts";
import type { Pin, Token } from "./token.ts";

/** Where a PIN is kept between runs: sealed, so that whatever guards the store guards it. */
export interface PinPlace {
  readonly store: Store;
  /** In the area `keys`. */
  readonly name: string;
}

/**
 * Runs work with the PIN of a token: the kept one, else the one that the config says where to get.
 *
 * Only a PIN that the token accepted is kept, and a refused one is forgotten at once: a token locks itself after a few wrong
 * tries, so none may be repeated.
 *
 * @param place null: nothing is kept.
 */
export function pinKeeper(place: PinPlace | null, token: Pick<Token, "pin">) {
  return async <T>(work: (pin: Pin) => Promise<T>): Promise<T> => {
    if (place === null) return work(await token.pin());
    const { store, name } = place;
    const kept = await store.load("keys", name);
    const pin = kept ?? (await token.pin());
    try {
      const result = await work(pin);
      if (kept === null && pin !== null) await store.save("keys", name, pin);
      return result;
    } catch (cause) {
      if (cause instanceof Fault && (cause.code === "PIN_WRONG" || cause.code === "PIN_LOCKED")) await store.remove("keys", name);
      throw cause;
    }
  };
}
