import { createHash, timingSafeEqual } from "node:crypto";
import { type Credentials, refreshWindowSeconds } from "../../core/credentials.ts";
import { Fault } from "../../core/fault.ts";
import { exitOf } from "../../core/fault-codes.ts";
import type { Clock } from "../../core/time.ts";
import { type LoopbackAnswer, type LoopbackRequest, listenOnLoopback, plain } from "../../platform/http/listen-on-loopback.ts";
import { randomBytes } from "../../platform/random.ts";
import { type After, afterTimeout } from "./after.ts";

/** An address of this machine that hands out credentials to whoever knows the secret, until it is closed. */
export interface CredentialServer {
  readonly url: string;
  /** The whole value of the header `Authorization`: 256 random bits, of this run alone. */
  readonly authorization: string;
  close(): void;
}

export interface CredentialServerParts {
  /** Called for each request: has to answer from the cache while that is fresh. */
  readonly credentials: () => Promise<Credentials>;
  /** The answer, as JSON. */
  readonly encode: (credentials: Credentials) => string;
  readonly encodeFault: (fault: Fault) => string;
  /**
   * Credentials that were got just now. New ones are got before they are stale, because an SDK waits only a second for an answer.
   * Null: new ones are got when a program asks.
   */
  readonly first: Credentials | null;
  readonly clock: Pick<Clock, "now">;
  /** Default: the machine's own. */
  readonly after?: After;
}

/** A request is a line and some headers; an SDK's longest is a fifth of this. */
const MAX_HEADER_BYTES = 16 * 1024;
const DEADLINE_MS = 5000;
const PATH = "/credentials";
/** Between attempts while credentials are in their refresh window and no new ones could be had. */
const RETRY_SECONDS = 60;

/**
 * Serves credentials on 127.0.0.1, at a port of the system's choosing. Every user of this machine can reach it, and gets nothing without
 * the secret; nobody is told by the answer which of path and method would have been right.
 *
 * @throws {Fault} `LISTEN_REFUSED`
 */
export async function serveCredentials(parts: CredentialServerParts): Promise<CredentialServer> {
  const authorization = Buffer.from(randomBytes(32)).toString("base64url");
  const current = currentCredentials(parts);
  const answer = async ({ method, url, headers }: LoopbackRequest): Promise<LoopbackAnswer> => {
    if (!isSame(headers.authorization ?? "", authorization)) return plain(403, "this address is for one program only");
    if (url.pathname !== PATH || url.search !== "") return plain(404, "there is nothing here");
    if (method !== "GET") return { ...plain(405, "that cannot be done here"), headers: { allow: "GET" } };
    try {
      return json(200, parts.encode(await current.get()));
    } catch (cause) {
      // The words of a defect may hold anything, and another program prints them.
      const fault = cause instanceof Fault ? cause : new Fault("INTERNAL", "brevet itself is wrong", { cause });
      // What asking again may mend has a status that SDKs ask again at.
      return json(exitOf(fault.code) === "unreachable" ? 503 : 400, parts.encodeFault(fault));
    }
  };
  const limits = { maxHeaderBytes: MAX_HEADER_BYTES, deadlineMs: DEADLINE_MS };
  const stranger = "this address is for one program only";
  const loopback = await listenOnLoopback({ host: "127.0.0.1", ports: [], stranger, ...limits }, answer);
  return {
    url: `${loopback.origin}${PATH}`,
    authorization,
    close() {
      current.close();
      loopback.cut();
    },
  };
}

/** Gets credentials once for all who wait at the same time, and again before they are stale. */
function currentCredentials({ credentials, first, clock, after = afterTimeout }: CredentialServerParts) {
  let underWay: Promise<Credentials> | null = null;
  let callOff = (): void => {};
  let closed = false;
  const renewBefore = (got: Credentials): void => {
    callOff();
    // Expired credentials are renewed when a program asks.
    if (closed || first === null || got.expiresAt <= clock.now()) return;
    const fresh = got.expiresAt - refreshWindowSeconds(got) - clock.now();
    callOff = after((fresh > 0 ? fresh + 1 : RETRY_SECONDS) * 1000, () => void get().catch(() => undefined));
  };
  const get = (): Promise<Credentials> => {
    underWay ??= credentials()
      .then((got) => {
        renewBefore(got);
        return got;
      })
      .finally(() => {
        underWay = null;
      });
    return underWay;
  };
  if (first !== null) renewBefore(first);
  return {
    get,
    close() {
      closed = true;
      callOff();
    },
  };
}

/** Takes as long whatever the two have in common. */
function isSame(given: string, expected: string): boolean {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}

function json(status: number, body: string): LoopbackAnswer {
  return { status, headers: { "content-type": "application/json" }, body };
}
