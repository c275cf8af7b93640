import { Fault } from "../core/fault.ts";
import { type Session, type SessionTokens, SignInAwaited, type TokenWish } from "../core/session.ts";
import { systemTempo } from "../platform/tempo.ts";
import { requireCooledDown, stillWaits, type WaitingAttempt } from "./attempt.ts";
import { type AwaitParts, awaitSignIn, waitsForPerson } from "./await-sign-in.ts";
import { chooseWay, showPrompt } from "./choose-way.ts";
import { endBrowserSession, revokeTokens } from "./end-session.ts";
import { openClient } from "./open-client.ts";
import { signInByPaste } from "./paste-sign-in.ts";
import { mayPass } from "./provider-faults.ts";
import { renewSession } from "./renew-session.ts";
import { type SessionEntry, sessionEntries, withoutRenewal } from "./session-entry.ts";
import type { SessionParts } from "./session-parts.ts";
import { describeRecord, type SessionRecord, tokensOf } from "./session-record.ts";
import { personAbsent } from "./sign-in-faults.ts";

/** A person's session at an OpenID provider, kept sealed in the store. */
export function openSession(parts: SessionParts): Session {
  const { provider, terminal, clock } = parts;
  const entries = sessionEntries(provider, parts.entry, parts.store, ({ pid, purpose }) =>
    terminal.say(`waiting for process ${pid}: ${purpose}`),
  );
  const ready: Ready = { ...parts, entries, tempo: parts.tempo ?? systemTempo };
  const now = (record: SessionRecord): SessionTokens => tokensOf(record, clock.now());
  return {
    async describe() {
      const { record } = await entries.load();
      return record === null ? null : describeRecord(record);
    },
    async tokens(wish) {
      const { record } = await entries.load();
      if (record !== null && serves(record, wish, ready)) return now(record);
      const step = await entries.exclusively(`gets a session at ${provider.issuer}`, () => obtain(wish, ready));
      if (step.kind === "session") return now(await finish(step, ready));
      const { message, hints } = waitsForPerson(step.attempt, provider);
      throw new SignInAwaited(message, hints, async () => void (await finish(step, ready)));
    },
    async signIn() {
      return now(await finish(await entries.exclusively(`begins a sign-in at ${provider.issuer}`, () => begin(ready)), ready));
    },
    signOut: (browser) => entries.exclusively(`signs out at ${provider.issuer}`, () => signOut(browser, ready)),
  };
}

type Ready = SessionParts & AwaitParts;

/** What the lock was held for: a session, or a sign-in to be waited for without the lock. */
type Step =
  | { readonly kind: "session"; readonly record: SessionRecord }
  | { readonly kind: "waiting"; readonly attempt: WaitingAttempt };

const isTooOld = ({ signedInAt }: SessionRecord, { signedInAfter = -1 }: TokenWish): boolean => signedInAt <= signedInAfter;

function serves(record: SessionRecord, wish: TokenWish, { clock, person }: Ready): boolean {
  const { token, minLifeSeconds, refused } = wish;
  if (isTooOld(record, wish)) return false;
  if (refused?.reveal() === record.accessToken.reveal()) return false;
  // What a sign-in has just given: if it is over soon, by this clock or by any, another sign-in would give nothing better.
  if (person === "done") return true;
  const now = clock.now();
  if (token === "access") return record.accessTokenExpiresAt === null || record.accessTokenExpiresAt - now >= minLifeSeconds;
  const { expiresAt, claims } = record.idToken;
  // A provider may give tokens that live for less than what is wished: half of such a life has to do.
  const life = expiresAt - Number(claims["iat"]);
  return expiresAt - now >= Math.min(minLifeSeconds, life / 2);
}

async function obtain(wish: TokenWish, parts: Ready): Promise<Step> {
  const entry = await parts.entries.load();
  const { record, attempt } = entry;
  if (record !== null && serves(record, wish, parts)) return { kind: "session", record };
  const isStale = record !== null && isTooOld(record, wish);
  const renewed = record === null || isStale ? NOT_RENEWED : await renew(record, wish, entry, parts);
  if (renewed.record !== null) return { kind: "session", record: renewed.record };
  // Ended early at the provider: nobody is signed in any more, and the remains of the session must not say otherwise.
  if (record !== null && wish.refused !== undefined) {
    await parts.entries.save({ ...(await parts.entries.load()), record: null });
  }
  if (parts.person !== "ask") {
    const joined = parts.person === "join" ? await join(parts) : null;
    if (joined !== null) return joined;
    throw renewed.fault ?? personAbsent(parts.provider, parts.terminal.hasPerson);
  }
  if (renewed.fault !== null) parts.terminal.say(renewed.fault.message);
  if (isStale) parts.terminal.say(`${parts.provider.issuer} wants a fresher sign-in for this: sign in once more`);
  requireCooledDown(attempt, parts.provider.identity, parts.clock.now());
  return begin(parts);
}

interface Renewed {
  readonly record: SessionRecord | null;
  /** Why a person is needed, if the reason is another than that nobody was signed in. */
  readonly fault: Fault | null;
}

const NOT_RENEWED: Renewed = { record: null, fault: null };

/**
 * Renews a session without the person. The start is saved before the request is sent, and the answer before anything else is
 * done: a process that dies in between leaves the mark by which the next one knows.
 */
async function renew(record: SessionRecord, wish: TokenWish, entry: SessionEntry, parts: Ready): Promise<Renewed> {
  const { entries, provider, clock } = parts;
  if (record.refreshToken === null || (wish.token === "id" && !record.renewsIdToken)) return NOT_RENEWED;
  const client = await openClient(provider, "kept", parts);
  if (record.renewalBegan === null) await entries.save({ ...entry, record: { ...record, renewalBegan: clock.now() } });
  try {
    const { record: renewed, untimely } = await renewSession(record, client, provider, clock);
    await entries.save({ ...entry, record: renewed });
    if (untimely !== null && wish.token === "id") throw untimely;
    return wish.token === "access" || renewed.renewsIdToken ? { record: renewed, fault: null } : NOT_RENEWED;
  } catch (cause) {
    if (!(cause instanceof Fault) || cause.code !== "SESSION_ENDED") throw cause;
    await entries.save(withoutRenewal(entry, record, provider));
    return { record: null, fault: cause };
  }
}

/** The sign-in that waits already; null: none does. */
async function join(parts: Ready): Promise<Step | null> {
  const { attempt } = await parts.entries.load();
  if (attempt?.state !== "waiting" || !(await stillWaits(attempt, parts.clock))) return null;
  const { process, askedBy } = attempt;
  parts.terminal.instruct(
    `a sign-in waits already (process ${process.pid}, asked for by ${askedBy}); \`brevet logout ${parts.provider.identity}\` gives it up`,
  );
  showPrompt(attempt.prompt, parts);
  return { kind: "waiting", attempt };
}

/** Joins the sign-in that waits already, or starts one. */
async function begin(parts: Ready): Promise<Step> {
  const joined = await join(parts);
  if (joined !== null) return joined;
  const { way, why } = await chooseWay(parts);
  if (why !== null) parts.terminal.instruct(why);
  if (way === "paste") return { kind: "session", record: await signInByPaste(parts) };
  const started = await parts.start({ way, asker: parts.asker(), hasTerminal: parts.terminal.hasPerson });
  if (started.prompt.way === "device") await parts.terminal.showQrCode(started.prompt.completeUrl ?? started.prompt.url);
  showPrompt(started.prompt, parts);
  // It cannot have ended: for that it needs the lock that we hold.
  const { attempt: own } = await parts.entries.load();
  if (own?.state === "waiting") return { kind: "waiting", attempt: own };
  throw new Fault("INTERNAL", `the sign-in as ${parts.provider.identity} left nothing`);
}

async function finish(step: Step, parts: Ready): Promise<SessionRecord> {
  const record = step.kind === "session" ? step.record : await awaitSignIn(parts);
  if (step.kind === "waiting") warnOfUnboundTokens(record, parts);
  await endReplaced(parts);
  return record;
}

/** Has the provider forget the sessions that this machine has written over: nobody here could end them any more. */
async function endReplaced(parts: Ready): Promise<void> {
  const { entries, provider } = parts;
  if ((await entries.load()).replaced.length === 0) return;
  const end = async (): Promise<void> => {
    const entry = await entries.load();
    if (entry.replaced.length === 0) return;
    const untold: SessionRecord[] = [];
    for (const record of entry.replaced) {
      const { fault } = await tellProvider(record, "keep", parts);
      if (fault !== null && mayPass(fault)) untold.push(record);
    }
    await entries.save({ ...entry, replaced: untold });
  };
  await entries.exclusively(`ends the session before at ${provider.issuer}`, end).catch((cause) => warnUntold(cause, parts));
}

/** RFC 9449 §5: a provider that does not know of proofs ignores them, which only the type of its tokens shows. */
function warnOfUnboundTokens({ tokenType }: SessionRecord, { provider, terminal }: Ready): void {
  if (provider.proofKey === undefined || tokenType === "DPoP") return;
  terminal.warn(
    `${provider.issuer} does not bind tokens to a key, so whoever copies them can use them; take \`dpop\` out of ${provider.identity}, or have the client there require it`,
  );
}

async function signOut(browser: "keep" | "end", parts: Ready): ReturnType<Session["signOut"]> {
  const { record, replaced, attempt } = await parts.entries.load();
  const gaveUp = attempt?.state === "waiting" && (await stillWaits(attempt, parts.clock));
  for (const before of replaced) await tellProvider(before, "keep", parts);
  const nothing = { revoked: false, browserOpened: false };
  const { revoked, browserOpened } = record === null ? nothing : await tellProvider(record, browser, parts);
  return { removed: (await parts.entries.remove()) && record !== null, revoked, browserOpened, gaveUp };
}

/** What became of it; a provider that could not be told is a warning, and `fault`. */
async function tellProvider(record: SessionRecord, browser: "keep" | "end", parts: Ready) {
  const { provider, openBrowser } = parts;
  let revoked = false;
  let browserOpened = false;
  let fault: Fault | null = null;
  try {
    const client = await openClient(provider, "kept", parts);
    revoked = await revokeTokens(client, provider, record);
    browserOpened = browser === "end" && (await endBrowserSession(client, provider, openBrowser));
  } catch (cause) {
    fault = warnUntold(cause, parts);
  }
  return { revoked, browserOpened, fault };
}

function warnUntold(cause: unknown, { provider: { identity, issuer }, terminal }: Ready): Fault {
  if (!(cause instanceof Fault)) throw cause;
  terminal.warn(
    `${issuer} could not be told that a session of ${identity} has ended, so what it gave may live on until its own end: ${cause.message}`,
  );
  return cause;
}
