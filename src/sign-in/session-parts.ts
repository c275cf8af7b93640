import type { Asker, SignInPrompt, SignInRequest, SignInWay } from "../core/session.ts";
import type { Store } from "../core/store.ts";
import type { Terminal } from "../core/terminal.ts";
import type { OpenBrowser } from "../platform/browser.ts";
import type { ClientParts } from "./open-client.ts";
import type { Provider } from "./provider.ts";

/**
 * What this call may want of a person: `ask` to sign in; `join` a sign-in that waits for them already; nothing, as they have `done` it for
 * this call, or as it is `nobody`'s.
 */
export type PersonWish = "ask" | "join" | "done" | "nobody";

/** What a session is made of. */
export interface SessionParts extends ClientParts {
  readonly provider: Provider;
  /** The name of its entry in the store's area `sessions`. */
  readonly entry: string;
  readonly store: Store;
  readonly openBrowser: OpenBrowser;
  readonly person: PersonWish;
  /** Who asks, for the first page; null for a person who typed `brevet login`. */
  readonly asker: () => Asker | null;
  /** Starts a process that outlives this one and signs a person in; see `runSignIn`. */
  readonly start: StartSignIn;
  /** The way that the person or the config names; null: what is possible. */
  readonly way: SignInWay | null;
  /** Why no browser of this machine can be seen; null where one can. */
  readonly noScreen: string | null;
  /** Tells and asks the person whose sign-in it is; `hasPerson`: what is said reaches somebody. */
  readonly terminal: Pick<Terminal, "ask" | "hasPerson" | "instruct" | "say" | "showQrCode" | "warn">;
  /** How long this call may wait for a person. */
  readonly waitSeconds: number;
}

/** Starts a sign-in. Settles when the person can be told what to do. @throws {Fault} what prevented that. */
export type StartSignIn = (request: SignInRequest) => Promise<{ readonly prompt: SignInPrompt }>;
