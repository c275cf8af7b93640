import { Fault } from "../core/fault.ts";
import { readOwnJson } from "../core/json-object.ts";
import { Secret } from "../core/secret.ts";
import type { LockHolder, Store } from "../core/store.ts";
import type { Attempt } from "./attempt.ts";
import type { Provider } from "./provider.ts";
import { type PlainRecord, plainRecord, readRecord, type SessionRecord } from "./session-record.ts";

/** Everything that is kept of one identity's sign-ins, as one sealed entry of the store. */
export interface SessionEntry {
  readonly record: SessionRecord | null;
  readonly attempt: Attempt | null;
  /** Sessions that were written over, until the provider is told that they have ended. */
  readonly replaced: readonly SessionRecord[];
}

/** The entry once a sign-in has left `record`. */
export function withNewSession(entry: SessionEntry, record: SessionRecord, provider: Provider): SessionEntry {
  return { record, attempt: null, replaced: withLeft(entry, provider) };
}

/** The entry once the provider has refused to renew its session. */
export function withoutRenewal(entry: SessionEntry, record: SessionRecord, provider: Provider): SessionEntry {
  return { ...entry, record: { ...record, refreshToken: null, renewalBegan: null }, replaced: withLeft(entry, provider) };
}

/** What is written over stays where its tokens may still be taken: what was refused is one request, for its key perhaps. */
function withLeft({ record, replaced }: SessionEntry, { grantPerSignIn }: Provider): SessionEntry["replaced"] {
  const livesOn = grantPerSignIn === true && record !== null && record.refreshToken !== null;
  return livesOn ? [...replaced, record] : replaced;
}

/** The entry of one identity, read and changed as a whole. */
export interface SessionEntries {
  load(): Promise<SessionEntry>;
  /** To be called under {@link exclusively}, or by a process that was started under it. */
  save(entry: SessionEntry): Promise<void>;
  remove(): Promise<boolean>;
  /** While no other process changes it. */
  exclusively<T>(purpose: string, work: () => Promise<T>): Promise<T>;
}

/** What is sealed. */
interface KeptEntry {
  readonly version: number;
  readonly record: PlainRecord | null;
  readonly attempt: Attempt | null;
  /** Absent in what earlier versions kept. */
  readonly replaced?: readonly PlainRecord[];
}

const NOTHING: SessionEntry = { record: null, attempt: null, replaced: [] };
const VERSION = 1;

/** @param name of the entry in the store's area `sessions`. */
export function sessionEntries(
  provider: Provider,
  name: string,
  store: Store,
  waiting: (holder: LockHolder) => void,
): SessionEntries {
  return {
    async load() {
      const sealed = await store.load("sessions", name);
      return sealed === null ? NOTHING : parseEntry(sealed, provider);
    },
    async save({ record, attempt, replaced }) {
      const plain: KeptEntry = {
        version: VERSION,
        record: record === null ? null : plainRecord(record),
        attempt,
        replaced: replaced.map(plainRecord),
      };
      await store.save("sessions", name, new Secret("session", JSON.stringify(plain)));
    },
    remove: () => store.remove("sessions", name),
    exclusively: (purpose, work) => store.withLock("sessions", name, { purpose, waiting }, work),
  };
}

/** The session at another issuer, or of another client, than the config names now is nobody's. */
function parseEntry(sealed: Secret<string>, { issuer, clientId, identity }: Provider): SessionEntry {
  const { version, record, attempt, replaced = [] } = readOwnJson<KeptEntry>(sealed.reveal());
  if (version !== VERSION) {
    throw new Fault("STORE_ENTRY_DAMAGED", `the session of ${identity} was kept by another version of brevet`, {
      hints: [`begin anew: \`brevet logout ${identity}\`, then \`brevet login ${identity}\``],
    });
  }
  const isOurs = (kept: PlainRecord): boolean => kept.issuer === issuer && kept.clientId === clientId;
  return {
    record: record !== null && isOurs(record) ? readRecord(record) : null,
    attempt,
    replaced: replaced.filter(isOurs).map(readRecord),
  };
}
