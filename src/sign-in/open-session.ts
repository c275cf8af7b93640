import { Fault } from "../core/fault.ts";
import type { Http } from "../core/http.ts";
import type { Notices } from "../core/notices.ts";
import type { RandomBytes } from "../core/random.ts";
import type { Session, SessionTokens, TokenWish } from "../core/session.ts";
import type { Store } from "../core/store.ts";
import type { Clock } from "../core/time.ts";
import type { OpenBrowser } from "../platform/browser.ts";
import { beginBrowserSignIn } from "./browser-sign-in.ts";
import type { Asker } from "./loopback/pages.ts";
import { openClient } from "./open-client.ts";
import type { Provider } from "./provider.ts";
import { describeRecord, encodeRecord, newRecord, parseRecord, type SessionRecord, tokensOf } from "./session-record.ts";

/** What a session is made of. */
export interface SessionParts {
  readonly provider: Provider;
  /** The name of its entry in the store's area `sessions`. */
  readonly entry: string;
  readonly store: Store;
  readonly http: () => Promise<Http>;
  readonly clock: Clock;
  readonly random: RandomBytes;
  readonly notices: Notices;
  readonly openBrowser: OpenBrowser;
  /** Whether somebody may be asked to sign in. */
  readonly person: boolean;
  /** Whether what is said reaches somebody; where it does not, a browser has to open. */
  readonly hasTerminal: boolean;
  /** Who asks for it, for the first page; null for the person who typed `brevet login`. */
  readonly asker: Asker | null;
  /** How long a person may take. */
  readonly patienceSeconds?: number;
}

const PATIENCE_SECONDS = 300;

/** A person's session at an OpenID provider, kept sealed in the store. */
export function openSession(parts: SessionParts): Session {
  const { provider, entry, store, clock } = parts;
  const load = async (): Promise<SessionRecord | null> => {
    const sealed = await store.load("sessions", entry);
    return sealed === null ? null : parseRecord(sealed, provider);
  };
  const locked = <T>(purpose: string, work: () => Promise<T>): Promise<T> =>
    store.withLock(
      "sessions",
      entry,
      purpose,
      ({ pid, purpose }) => parts.notices.say(`waiting for process ${pid}: ${purpose}`),
      work,
    );
  return {
    async describe() {
      const record = await load();
      return record === null ? null : describeRecord(record);
    },
    async tokens(wish) {
      const kept = await load();
      if (kept !== null && serves(kept, wish, clock.now())) return tokensOf(kept, clock.now());
      return locked(`gets a session at ${provider.issuer}`, async () => {
        const again = await load();
        if (again !== null && serves(again, wish, clock.now())) return tokensOf(again, clock.now());
        return signIn(parts);
      });
    },
    signIn: () => locked(`signs in at ${provider.issuer}`, () => signIn(parts)),
  };
}

function serves(record: SessionRecord, { token, minLifeSeconds }: TokenWish, now: number): boolean {
  const end = token === "id" ? record.idToken.expiresAt : record.accessTokenExpiresAt;
  return end === null || end - now >= minLifeSeconds;
}

async function signIn(parts: SessionParts): Promise<SessionTokens> {
  const { provider, clock, store } = parts;
  if (!parts.person) throw personAbsent(provider);
  const stop = new AbortController();
  const client = await openClient(provider, { http: await parts.http(), clock });
  const { url, finished } = await beginBrowserSignIn({
    ...parts,
    client,
    patienceSeconds: parts.patienceSeconds ?? PATIENCE_SECONDS,
    cancelled: stop.signal,
  });
  // Until it is awaited below, it may fail already.
  finished.catch(() => undefined);
  const opened = await parts.openBrowser(url);
  if (!opened && !parts.hasTerminal) stop.abort(personAbsent(provider));
  parts.notices.say(
    opened ? `sign in in the browser; if no tab opened: ${url}` : `open this in a browser of this machine: ${url}`,
  );
  const record = newRecord(await finished, provider, clock.now());
  await store.save("sessions", parts.entry, encodeRecord(record));
  return tokensOf(record, clock.now());
}

function personAbsent({ identity }: Provider): Fault {
  return new Fault("PERSON_ABSENT", `nobody is signed in as ${identity}, and nobody is there to do it`, {
    hints: [`run \`brevet login ${identity}\` in a terminal`],
  });
}
