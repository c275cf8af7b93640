import type { IncomingMessage } from "node:http";

/** Something that goes with a request. */
export interface RequestSlot<T> {
  get(request: IncomingMessage): T | undefined;
  set(request: IncomingMessage, value: T): void;
}

/** A place at every request. A property of it: in a `WeakMap` each request costs the garbage collector ten times as much. */
export function requestSlot<T>(): RequestSlot<T> {
  const place = Symbol("of a request");
  type Holding = IncomingMessage & { [place]?: T };
  return {
    get: (request) => (request as Holding)[place],
    set(request, value) {
      (request as Holding)[place] = value;
    },
  };
}
