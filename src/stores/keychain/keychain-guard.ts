import { Fault } from "../../core/fault.ts";
import { Secret } from "../../core/secret.ts";
import { FILE_GUARD_HINTS, type KeyGuardKind } from "../../core/store.ts";
import { leaveDespiteStuckCall } from "../../platform/processes/leave-despite-stuck-call.ts";
import { askSessionBus } from "../../platform/session-bus.ts";

/**
 * The master key in the keychain of the system: Secret Service on Linux (GNOME Keyring, KWallet, KeePassXC), Keychain on
 * macOS, Credential Manager on Windows.
 *
 * On Linux the store is named outright: left alone, the library falls back to the kernel keyring without a word, which
 * every process of the user can read and which is empty after a reboot.
 */
export interface KeychainOptions {
  /** How long the keychain may take: it may be asking the person to unlock it. */
  readonly patienceSeconds?: number;
  /** How long the session bus may take to say anything; null: it is not asked. */
  readonly busPatienceMs?: number | null;
  /** The library, unless a test takes its place; loaded at the first call, because not every machine has it. */
  readonly library?: () => Promise<KeychainLibrary>;
}

/** The part of `@napi-rs/keyring` that is used. */
export interface KeychainLibrary {
  readonly AsyncEntry: new (
    service: string,
    username: string,
    options: { readonly linux: { readonly store: "secret-service" } },
  ) => KeychainEntry;
}

/** One entry of the keychain. */
export interface KeychainEntry {
  getPassword(): Promise<string | null>;
  setPassword(password: string): Promise<void>;
  deleteCredential(): Promise<boolean>;
}

const SERVICE = "brevet";
const KEY_BYTES = 32;
/** Less than the minute after which the AWS SDK for Go kills a credential process. */
const DEFAULT_PATIENCE_SECONDS = 45;
const BUS_PATIENCE_MS = 2000;

/** The guard that the config and `BREVET_STORE` call `keychain`. */
export function keychainGuardKind(options: KeychainOptions = {}): KeyGuardKind {
  const settings: Settings = {
    patienceSeconds: DEFAULT_PATIENCE_SECONDS,
    busPatienceMs: process.platform === "linux" ? BUS_PATIENCE_MS : null,
    library: () => import("@napi-rs/keyring"),
    ...options,
  };
  return {
    kind: "keychain",
    open: (storeId) => {
      const call = <T>(action: (entry: KeychainEntry) => Promise<T>): Promise<T> => {
        return bounded(settings.patienceSeconds, async () => action(await openEntry(settings, storeId)));
      };
      return {
        kind: "keychain",
        strength: "keychain",
        summary: "the system's keychain: open while you are signed in to this machine",
        load: async () => parseKey(await call((entry) => entry.getPassword())),
        save: (key) => call((entry) => entry.setPassword(Buffer.from(key.reveal()).toString("base64"))),
        destroy: async () => {
          await call((entry) => entry.deleteCredential());
        },
      };
    },
  };
}

type Settings = Required<KeychainOptions>;

async function openEntry({ library, busPatienceMs }: Settings, storeId: string): Promise<KeychainEntry> {
  // Asked first, and loaded while the bus thinks: loading blocks for some milliseconds.
  const asked = busPatienceMs === null ? null : askSessionBus(busPatienceMs);
  const AsyncEntry = await loadLibrary(library);
  const bus = await asked;
  if (bus === "silent") throw guardSlow("the session bus, through which the keychain is reached, does not answer");
  if (bus === "absent") throw guardAbsent("no session bus is there, through which a keychain could be reached", null);
  return new AsyncEntry(SERVICE, `store key ${storeId}`, { linux: { store: "secret-service" } });
}

async function loadLibrary(library: Settings["library"]): Promise<KeychainLibrary["AsyncEntry"]> {
  try {
    return (await library()).AsyncEntry;
  } catch (cause) {
    throw guardAbsent("the library that reaches the keychain is not installed for this system", cause);
  }
}

function parseKey(text: string | null): Secret<Uint8Array> | null {
  if (text === null) return null;
  const key = Buffer.from(text, "base64");
  if (key.length === KEY_BYTES) return new Secret("master key", new Uint8Array(key));
  throw new Fault("STORE_KEY_DAMAGED", `the keychain's entry for the service "${SERVICE}" is not a key that brevet made`);
}

async function bounded<T>(patienceSeconds: number, work: () => Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const tooSlow = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      // The library waits in a thread that cannot be stopped, until the person answers the question on the screen.
      leaveDespiteStuckCall();
      reject(guardSlow(`the keychain did not answer within ${patienceSeconds} s`));
    }, patienceSeconds * 1000);
  });
  try {
    return await Promise.race([work(), tooSlow]);
  } catch (error) {
    throw error instanceof Fault ? error : translate(error);
  } finally {
    clearTimeout(timer);
  }
}

/** Every error of the library has the code `GenericFailure`: only its message tells them apart. */
function translate(error: unknown): Fault {
  const message = error instanceof Error ? error.message : String(error);
  if (/did not receive a reply|timed? ?out/i.test(message)) return guardSlow("the keychain does not answer", error);
  if (/\blocked|dismissed|interaction is not allowed|user cancel+ed/i.test(message)) {
    return new Fault("STORE_GUARD_LOCKED", "the keychain that guards the store's key is locked", {
      cause: error,
      hints: ["unlock it (sign in to the desktop, or open its application) and try again"],
    });
  }
  return guardAbsent("no keychain answers in this session", error);
}

function guardAbsent(message: string, cause: unknown): Fault {
  return new Fault("STORE_GUARD_ABSENT", message, {
    cause,
    hints: ["`brevet init … --store tpm` has the TPM of this machine seal it, where there is one", ...FILE_GUARD_HINTS],
  });
}

function guardSlow(message: string, cause?: unknown): Fault {
  return new Fault("STORE_GUARD_SLOW", message, {
    cause,
    hints: ["look for a window that asks to unlock the keychain, and try again"],
  });
}
