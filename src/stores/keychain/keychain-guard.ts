import { Fault } from "../../core/fault.ts";
import { Secret } from "../../core/secret.ts";
import type { KeyGuardKind } from "../../core/store.ts";

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
const DEFAULT_PATIENCE_SECONDS = 60;

/** The guard that the config and `BREVET_STORE` call `keychain`. */
export function keychainGuardKind(options: KeychainOptions = {}): KeyGuardKind {
  const { patienceSeconds = DEFAULT_PATIENCE_SECONDS, library = () => import("@napi-rs/keyring") } = options;
  return {
    kind: "keychain",
    open: (storeId) => {
      const call = <T>(action: (entry: KeychainEntry) => Promise<T>): Promise<T> => {
        return bounded(patienceSeconds, async () => action(await openEntry(library, storeId)));
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

async function openEntry(library: () => Promise<KeychainLibrary>, storeId: string): Promise<KeychainEntry> {
  let AsyncEntry: KeychainLibrary["AsyncEntry"];
  try {
    ({ AsyncEntry } = await library());
  } catch (cause) {
    throw guardAbsent("the library that reaches the keychain is not installed for this system", cause);
  }
  return new AsyncEntry(SERVICE, `store key ${storeId}`, { linux: { store: "secret-service" } });
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
    timer = setTimeout(() => reject(guardSlow(patienceSeconds)), patienceSeconds * 1000);
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
  if (/locked|dismissed|interaction is not allowed|user canceled/i.test(message)) {
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
    hints: [
      "`brevet init --store file` keeps the store's key in a file instead, which is weaker: every program of yours can open it",
      "where no person is (CI): `BREVET_STORE=file`",
    ],
  });
}

function guardSlow(patienceSeconds: number): Fault {
  return new Fault("STORE_GUARD_SLOW", `the keychain did not answer within ${patienceSeconds} s`, {
    hints: ["look for a window that asks to unlock the keychain, and try again"],
  });
}
