import { Fault } from "../../core/fault.ts";
import {
  type Loopback,
  type LoopbackAnswer,
  type LoopbackRequest,
  listenOnLoopback,
} from "../../platform/http/listen-on-loopback.ts";
import type { RedirectSettings } from "../provider.ts";
import { failedPage, htmlAnswer } from "./pages.ts";

/** The server that waits on this machine for the browser to come back. */
export interface ReturnPoint extends Loopback {
  /** The address as registered at the provider: with the port, if the provider does not accept every port. */
  readonly redirectUri: string;
}

/** OAuth answers come back in the request line; nothing that is sent here is longer. */
const MAX_HEADER_BYTES = 64 * 1024;
const DEADLINE_MS = 10_000;

/**
 * Listens where the provider sends the browser back to. Another user of this machine, who can read the address in the browser's
 * arguments, gets nothing that would let them sign in here as themselves.
 *
 * @throws {Fault} `SIGN_IN_PORT_TAKEN`
 * @see RFC 8252 §7.3, §8.3
 */
export async function listenForReturn(
  { host, ports, path }: RedirectSettings,
  handle: (request: LoopbackRequest) => Promise<LoopbackAnswer>,
): Promise<ReturnPoint> {
  const stranger = "this address is for one sign-in only";
  const limits = { maxHeaderBytes: MAX_HEADER_BYTES, deadlineMs: DEADLINE_MS };
  try {
    const loopback = await listenOnLoopback({ host, ports, stranger, ...limits }, async (request) =>
      request.isOtherUsers() ? otherUsersPage() : handle(request),
    );
    return { ...loopback, redirectUri: `${loopback.origin}${path}` };
  } catch (cause) {
    if (!(cause instanceof Fault)) throw cause;
    throw new Fault("SIGN_IN_PORT_TAKEN", `${cause.message} for the browser's return`, {
      cause: cause.cause,
      hints: ports.length === 0 ? [] : ["give `redirect.ports` further ports, and register them at the provider"],
    });
  }
}

function otherUsersPage(): LoopbackAnswer {
  return htmlAnswer(403, failedPage("This sign-in was begun by another user of this machine.", "SIGN_IN_MIXED_UP"));
}
