import { Fault } from "../../core/fault.ts";
import type { Secret } from "../../core/secret.ts";
import { formatDuration } from "../../core/time.ts";
import type { OpenBrowser } from "../../platform/browser.ts";
import { type LoopbackAnswer, type LoopbackRequest, listenOnLoopback, plain } from "../../platform/http/listen-on-loopback.ts";
import { randomBytes } from "../../platform/random.ts";

const LIMITS = { maxHeaderBytes: 64 * 1024, deadlineMs: 10_000 };
/** A browser that has to be started first takes its time. */
const PATIENCE_SECONDS = 120;

/**
 * Leads the browser to an address that nobody else may learn. Every user of this machine can read a browser's arguments, so it is
 * started with a page of ours that redirects once. Where the system tells whose a connection is, another user is refused.
 *
 * @param again the command that begins again, for messages.
 * @throws {Fault} `PERSON_ABSENT` where no browser opens, `SIGN_IN_TIMEOUT` where none comes, `LISTEN_REFUSED`.
 */
export async function handOver(url: Secret<string>, open: OpenBrowser, again: string): Promise<void> {
  const path = `/${Buffer.from(randomBytes(16)).toString("base64url")}`;
  let delivered: () => void = () => undefined;
  const done = new Promise<void>((resolve) => {
    delivered = resolve;
  });
  const stranger = "this address is for one sign-in only";
  const answer = leadOnce(path, url, () => delivered());
  const page = await listenOnLoopback({ host: "127.0.0.1", ports: [], stranger, ...LIMITS }, answer);
  let timer: NodeJS.Timeout | undefined;
  const tooLong = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(nobodyCame(again)), PATIENCE_SECONDS * 1000);
  });
  try {
    if (!(await open(`${page.origin}${path}`))) throw noBrowser(again);
    await Promise.race([done, tooLong]);
  } finally {
    clearTimeout(timer);
    await page.close();
  }
}

function leadOnce(
  path: string,
  url: Secret<string>,
  delivered: () => void,
): (request: LoopbackRequest) => Promise<LoopbackAnswer> {
  let isUsed = false;
  return async (request) => {
    if (request.isOtherUsers()) return plain(403, "this page is of another user of this machine");
    if (request.url.pathname !== path) return plain(404, "there is nothing here");
    if (request.method !== "GET") return plain(405, "only GET");
    if (isUsed) return plain(410, "this page was opened already");
    isUsed = true;
    return { ...plain(302, "go on"), headers: { location: url.reveal() }, delivered };
  };
}

function noBrowser(again: string): Fault {
  return new Fault("PERSON_ABSENT", "no browser opens here", {
    hints: [`open the address yourself, wherever a browser is: \`${again} --print\``, "or name one: `--browser firefox`"],
  });
}

function nobodyCame(again: string): Fault {
  return new Fault("SIGN_IN_TIMEOUT", `no browser came for the page within ${formatDuration(PATIENCE_SECONDS)}`, {
    hints: [`open the address yourself: \`${again} --print\``],
  });
}
