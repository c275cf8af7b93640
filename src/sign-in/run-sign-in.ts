import type { Configuration } from "openid-client";
import { asFault, Fault } from "../core/fault.ts";
import type { Asker, SignInPrompt, SignInRequest } from "../core/session.ts";
import type { OpenBrowser } from "../platform/browser.ts";
import { ownIdentity } from "../platform/processes/process-identity.ts";
import { type Attempt, failedAttempt, machineTime, PATIENCE_SECONDS } from "./attempt.ts";
import { beginBrowserSignIn } from "./browser-sign-in.ts";
import { type BegunSignIn, beginDeviceSignIn } from "./device-sign-in.ts";
import { revokeTokens } from "./end-session.ts";
import { type ClientParts, openClient } from "./open-client.ts";
import type { Provider } from "./provider.ts";
import type { TokenSet } from "./read-tokens.ts";
import { type SessionEntries, type SessionEntry, withNewSession } from "./session-entry.ts";
import { newRecord } from "./session-record.ts";
import { browserAbsent, personAbsent, signInCancelled } from "./sign-in-faults.ts";

/** What it needs. */
export interface SignInParts extends ClientParts {
  readonly provider: Provider;
  readonly entries: SessionEntries;
  readonly openBrowser: OpenBrowser;
  /** Aborts with a Fault as its reason. */
  readonly cancelled: AbortSignal;
}

/** How often a process that waits for the person looks whether the sign-in is still wanted. */
const LOOK_MS = 1000;

/**
 * Signs a person in, and keeps what comes of it: a session, or why there is none.
 *
 * The process that starts it holds the lock of the entry until the attempt is saved and the prompt is told; then this one waits
 * alone. A sign-out gives it up by removing the attempt.
 *
 * @param tell is told once what the person has to do.
 * @throws {Fault} what hindered the sign-in before anybody was told; later faults are kept in the entry.
 */
export async function runSignIn(request: SignInRequest, parts: SignInParts, tell: (prompt: SignInPrompt) => void): Promise<void> {
  const { provider, entries, clock } = parts;
  const client = await openClient(provider, "current", parts);
  const since = machineTime(clock);
  const giveUp = new AbortController();
  const cancelled = AbortSignal.any([parts.cancelled, giveUp.signal]);
  const { prompt, finished } = await (request.way === "device"
    ? beginDeviceSignIn({ ...parts, cancelled, client, patienceSeconds: PATIENCE_SECONDS })
    : beginInBrowser(request, client, { ...parts, cancelled }));
  const attempt: Attempt = { state: "waiting", process: ownIdentity(), since, askedBy: nameOf(request.asker), prompt };
  await entries.save({ ...(await entries.load()), attempt });
  tell(prompt);
  const look = async (): Promise<void> => {
    // A store that cannot be read at this moment says nothing of what is wanted.
    const isWanted = await entries.load().then(waitsHere, () => true);
    if (!isWanted) giveUp.abort(signInCancelled(provider, "was given up"));
  };
  const looking = setInterval(() => void look(), LOOK_MS);
  await keep(finished, client, parts).finally(() => clearInterval(looking));
}

/** Whether the sign-in that is waited for is the one of this process. */
function waitsHere({ attempt }: SessionEntry): boolean {
  return attempt?.state === "waiting" && attempt.process.pid === process.pid;
}

async function beginInBrowser(
  { asker, hasTerminal, browser = null }: SignInRequest,
  client: Configuration,
  parts: SignInParts,
): Promise<BegunSignIn> {
  const { url, finished } = await beginBrowserSignIn({ ...parts, asker, client, patienceSeconds: PATIENCE_SECONDS });
  // It may fail before it is awaited.
  finished.catch(() => undefined);
  const opened = await parts.openBrowser(url);
  if (!opened && !hasTerminal) {
    throw browser === null ? personAbsent(parts.provider) : browserAbsent(browser, parts.provider);
  }
  return { prompt: { way: "browser", url, opened }, finished };
}

async function keep(
  finished: Promise<TokenSet>,
  client: Configuration,
  { provider, entries, clock }: SignInParts,
): Promise<void> {
  // Whatever it was, those who wait have to be told.
  const outcome = await finished.then((tokens) => newRecord(tokens, provider, clock.now()), asFault);
  const isWanted = await entries.exclusively(`ends a sign-in at ${provider.issuer}`, async () => {
    const entry = await entries.load();
    // A person who has signed out meanwhile does not want this session.
    if (!waitsHere(entry)) return false;
    await entries.save(
      outcome instanceof Fault
        ? { ...entry, attempt: failedAttempt(outcome, clock.now()) }
        : withNewSession(entry, outcome, provider),
    );
    return true;
  });
  if (!isWanted && !(outcome instanceof Fault) && provider.grantPerSignIn === true) await revokeTokens(client, provider, outcome);
}

function nameOf(asker: Asker | null): string {
  if (asker === null) return "brevet login";
  const program = asker.program ?? "a program";
  return asker.profile === null ? program : `${program}, for the profile ${asker.profile}`;
}
