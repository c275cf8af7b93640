import type { Configuration } from "openid-client";
import { Fault } from "../core/fault.ts";
import type { RandomBytes } from "../core/random.ts";
import type { Asker } from "../core/session.ts";
import type { Clock } from "../core/time.ts";
import { type LoopbackAnswer, type LoopbackRequest, plain } from "../platform/http/listen-on-loopback.ts";
import { encodeBase64url } from "../wire/jwt/base64url.ts";
import { type Authorization, beginAuthorization } from "./authorization-code.ts";
import { listenForReturn } from "./loopback/listen.ts";
import { CANCEL, cancelledPage, failedPage, htmlAnswer, landingPage, signedInPage } from "./loopback/pages.ts";
import { nameOfPerson } from "./person.ts";
import type { Provider } from "./provider.ts";
import type { TokenSet } from "./read-tokens.ts";
import { signInCancelled, signInTimeout } from "./sign-in-faults.ts";

/** What a sign-in by the browser is made of. */
export interface BrowserSignInParts {
  readonly client: Configuration;
  readonly provider: Provider;
  /** Shown on a first page; null for a person who has just asked for the sign-in, and needs no such page. */
  readonly asker: Asker | null;
  readonly clock: Pick<Clock, "now">;
  readonly random: RandomBytes;
  readonly patienceSeconds: number;
  /** Aborts with a Fault as its reason. */
  readonly cancelled: AbortSignal;
}

/** A sign-in that waits for the browser. */
export interface BrowserSignIn {
  /** What to open: a page of this machine. */
  readonly url: string;
  /** The tokens. Settles when the browser has its last page and nothing listens any more. */
  readonly finished: Promise<TokenSet>;
}

/**
 * Waits on a loopback address for the browser, which is bound before the address is told to anybody. What does not belong to
 * this sign-in gets an answer of its own and ends nothing.
 *
 * @throws {Fault} `SIGN_IN_PORT_TAKEN`; from `finished`: `SIGN_IN_TIMEOUT`, `SIGN_IN_CANCELLED`, and what {@link Authorization.redeem} raises.
 */
export async function beginBrowserSignIn(parts: BrowserSignInParts): Promise<BrowserSignIn> {
  const end = outcome<TokenSet>();
  const secret = encodeBase64url(parts.random(16));
  let handle = async (_: LoopbackRequest): Promise<LoopbackAnswer> => plain(404, "there is nothing yet");
  const loopback = await listenForReturn(parts.provider.redirect, (request) => handle(request));
  const authorization = await beginAuthorization(parts.client, parts.provider, loopback.redirectUri, parts.clock).catch(
    async (cause) => {
      await loopback.close();
      throw cause;
    },
  );
  handle = answers({
    ...parts,
    authorization,
    landing: `/${secret}/`,
    redirectPath: new URL(loopback.redirectUri).pathname,
    end,
  });
  return { url: `${loopback.origin}/${secret}/`, finished: withinPatience(parts, end).finally(() => loopback.close()) };
}

/** Waits for the end, the patience or the cancellation, whichever comes first. */
async function withinPatience(parts: BrowserSignInParts, end: Outcome<TokenSet>): Promise<TokenSet> {
  const { patienceSeconds, cancelled, provider } = parts;
  const timer = setTimeout(() => end.reject(signInTimeout(provider, patienceSeconds)), patienceSeconds * 1000);
  const abort = (): void => end.reject(cancelled.reason);
  cancelled.addEventListener("abort", abort);
  if (cancelled.aborted) abort();
  try {
    return await end.promise;
  } finally {
    clearTimeout(timer);
    cancelled.removeEventListener("abort", abort);
  }
}

interface Waiting extends BrowserSignInParts {
  readonly authorization: Authorization;
  readonly landing: string;
  readonly redirectPath: string;
  readonly end: Outcome<TokenSet>;
}

function answers(waiting: Waiting): (request: LoopbackRequest) => Promise<LoopbackAnswer> {
  let used = false;
  return async ({ method, url }) => {
    const { asker, authorization, landing, provider, end } = waiting;
    if (url.pathname === `${landing}${CANCEL}` && method === "POST") {
      return { ...htmlAnswer(200, cancelledPage()), delivered: () => end.reject(signInCancelled(provider, "was cancelled")) };
    }
    if (method !== "GET" && method !== "HEAD") return plain(405, "only GET");
    if (url.pathname === landing) {
      if (asker === null) return { ...plain(302, "go on"), headers: { location: authorization.url } };
      return htmlAnswer(200, landingPage(asker, { issuer: provider.issuer, url: authorization.url }));
    }
    if (url.pathname !== waiting.redirectPath) return plain(404, "there is nothing here");
    if (method === "HEAD" || !authorization.isOurs(url)) return notOurs();
    if (used) return htmlAnswer(410, failedPage("This answer was used already.", "SIGN_IN_MIXED_UP"));
    used = true;
    // What the provider gives for it has to be kept or ended: from now on neither the patience nor a cancellation comes between.
    const redemption = outcome<TokenSet>();
    end.resolve(redemption.promise);
    return redeemed(url, authorization, redemption);
  };
}

async function redeemed(answer: URL, authorization: Authorization, end: Outcome<TokenSet>): Promise<LoopbackAnswer> {
  try {
    const tokens = await authorization.redeem(answer);
    const who = tokens.idToken === null ? "" : nameOfPerson(tokens.idToken.claims);
    return { ...htmlAnswer(200, signedInPage(who)), delivered: () => end.resolve(tokens) };
  } catch (cause) {
    const { message, code } = cause instanceof Fault ? cause : { message: "Something went wrong.", code: "INTERNAL" };
    return { ...htmlAnswer(400, failedPage(message, code)), delivered: () => end.reject(cause) };
  }
}

/** A page of another tab, a scanner, an old bookmark: whoever it is, the person's own answer may still come. */
function notOurs(): LoopbackAnswer {
  return htmlAnswer(400, failedPage("This answer belongs to another sign-in.", "SIGN_IN_MIXED_UP"));
}

interface Outcome<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T | Promise<T>) => void;
  readonly reject: (cause: unknown) => void;
}

function outcome<T>(): Outcome<T> {
  let resolve: (value: T | Promise<T>) => void = () => undefined;
  let reject: (cause: unknown) => void = () => undefined;
  const promise = new Promise<T>((fulfil, refuse) => {
    resolve = fulfil;
    reject = refuse;
  });
  return { promise, resolve, reject };
}
