import { joined, sameBytes, utf8 } from "../../core/bytes.ts";
import { sha256 } from "../../core/digest.ts";
import { Fault } from "../../core/fault.ts";
import { Secret } from "../../core/secret.ts";
import type { KeyGuardKind } from "../../core/store.ts";
import { versionUnknown } from "../../core/version-unknown.ts";
import { hkdf } from "../../platform/cipher/hkdf.ts";
import { runtimeCipher } from "../../platform/cipher/runtime-cipher.ts";
import { systemCalls } from "../../platform/file-calls.ts";
import { type MachineId, machineId } from "../../platform/machine-id.ts";
import { below, type Paths } from "../../platform/paths.ts";
import type { PrivateFiles } from "../../platform/private-files.ts";
import { randomBytes } from "../../platform/random.ts";

/**
 * The master key in a file of mode 0600 in the state folder, wrapped by a key made from a secret in that file and from the
 * machine's id: a copy of the folder on another machine, in a backup or in synchronised dotfiles opens nothing there.
 * Whoever can read this user's files on this machine can open it: weaker than a keychain, and chosen, never fallen back to.
 *
 *   "BRVK" ‖ version u8 ‖ secret 32 ‖ nonce 12 ‖ sealed master key 32 ‖ tag 16 ‖ SHA-256 of all before, 8 bytes
 *
 * The checksum tells a damaged file from one that belongs to another machine.
 */
export interface KeyFileOptions {
  readonly paths: Pick<Paths, "stateFolder">;
  readonly files: PrivateFiles;
  /** The machine, unless a test moves the file to another one. */
  readonly machine?: () => Promise<MachineId>;
}

const VERSION = 1;
const MAGIC = utf8("BRVK");
const HEADER = joined(MAGIC, Uint8Array.of(VERSION));
const SECRET_BYTES = 32;
const NONCE_BYTES = 12;
const KEY_BYTES = 32;
const TAG_BYTES = 16;
const CHECKSUM_BYTES = 8;

/** What the store's record says of its key. */
interface Recorded {
  readonly guard: string;
  readonly storeId: string;
}

/** The guard that can load its key before it is asked for: a file asks nobody. */
export interface KeyFileGuardKind extends KeyGuardKind {
  /**
   * Begins to load the key, once, if there is one. Nobody is asked for anything, and WebCrypto works in threads of its own while the
   * caller does other work. What goes wrong is told to whoever then asks for the key.
   *
   * @param record which guard has the key of which store; null where there is none. It is asked only where there is a key file.
   */
  prepare(record: () => Recorded | null): void;
}

/** The guard that the config and `BREVET_STORE` call `file`. */
export function keyFileGuardKind(options: KeyFileOptions): KeyFileGuardKind {
  const { files, machine = machineId } = options;
  const path = below(options.paths.stateFolder, "store.key");
  const load = async (storeId: string): Promise<Secret<Uint8Array> | null> => {
    const bytes = files.read(path);
    return bytes === null ? null : unwrap(path, bytes, await machine(), storeId);
  };
  const loadEarly = async (record: () => Recorded | null) => {
    const found = record();
    return found?.guard === "file" ? { storeId: found.storeId, key: await load(found.storeId) } : null;
  };
  /** Null once it is taken, or another key is in its place. */
  let early: ReturnType<typeof loadEarly> | null | undefined;
  const takeEarly = async (storeId: string) => {
    const taken = early;
    early = null;
    const found = await taken;
    return found?.storeId === storeId ? found.key : null;
  };
  return {
    kind: "file",
    prepare(record) {
      if (early !== undefined || systemCalls.factsAt(path) === null) return;
      // Whoever asks for the key has it loaded again, and is told what is wrong.
      early = loadEarly(record).catch(() => null);
    },
    open: (storeId) => ({
      kind: "file",
      strength: "file",
      summary: `key file ${path}, bound to this machine: weaker than a keychain, every program of this user can open it`,
      load: async () => (await takeEarly(storeId)) ?? load(storeId),
      save: async (key) => {
        early = null;
        files.replace(path, await wrap(key.reveal(), await machine(), storeId));
      },
      destroy: async () => {
        early = null;
        files.remove(path);
      },
    }),
  };
}

async function wrap(key: Uint8Array, machine: MachineId, storeId: string): Promise<Uint8Array> {
  const secret = randomBytes(SECRET_BYTES);
  const nonce = randomBytes(NONCE_BYTES);
  const { seal } = await runtimeCipher();
  const sealed = await seal({ key: wrappingKey(secret, machine), nonce, associated: utf8(storeId), text: key });
  const body = joined(HEADER, secret, nonce, sealed);
  return joined(body, checksum(body));
}

async function unwrap(path: string, bytes: Uint8Array, machine: MachineId, storeId: string): Promise<Secret<Uint8Array>> {
  const body = bytes.subarray(0, -CHECKSUM_BYTES);
  const named = sameBytes(body.subarray(0, MAGIC.length), MAGIC);
  if (named && bytes[MAGIC.length] !== undefined && bytes[MAGIC.length] !== VERSION)
    throw versionUnknown("STORE_KEY_DAMAGED", path);
  const whole = body.length === HEADER.length + SECRET_BYTES + NONCE_BYTES + KEY_BYTES + TAG_BYTES;
  if (!named || !whole) throw damaged(path);
  const secret = body.subarray(HEADER.length, HEADER.length + SECRET_BYTES);
  const nonce = body.subarray(HEADER.length + SECRET_BYTES).subarray(0, NONCE_BYTES);
  const text = body.subarray(-KEY_BYTES - TAG_BYTES);
  const { open } = await runtimeCipher();
  const key = await open({ key: wrappingKey(secret, machine), nonce, associated: utf8(storeId), text });
  if (key === null) {
    // A key that opens is whole. Only for one that does not does the checksum say why: damaged, or from elsewhere.
    if (!sameBytes(checksum(body), bytes.subarray(-CHECKSUM_BYTES))) throw damaged(path);
    throw new Fault("STORE_KEY_FOREIGN", `${path} was made on another machine, or for another store`, {
      hints: ["make a device identity here: a key does not move between machines"],
    });
  }
  return new Secret("master key", key);
}

function damaged(path: string): Fault {
  return new Fault("STORE_KEY_DAMAGED", `${path} is cut off or was altered`, { hints: [`bring ${path} back from a copy`] });
}

/** machine-id(5) asks never to use the id as it is. @see RFC 5869 */
function wrappingKey(secret: Uint8Array, machine: MachineId): Uint8Array {
  return hkdf({ secret, salt: machine.value, info: "brevet key-file 1", bytes: KEY_BYTES });
}

function checksum(body: Uint8Array): Uint8Array {
  return sha256(body).subarray(0, CHECKSUM_BYTES);
}
