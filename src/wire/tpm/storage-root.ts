import { Fault } from "../../core/fault.ts";
import type { LoadedObject } from "./authorized.ts";
import { malformed } from "./bytes.ts";
import { STORAGE_ROOT_HANDLE } from "./constants.ts";
import { type EccArea, isStorageRoot, objectName, type RsaArea, storageRootTemplate } from "./public-area.ts";
import { TpmRefusal } from "./response-code.ts";
import { makeEphemeralKey } from "./salt.ts";
import type { AuthSession } from "./session.ts";
import type { Tpm } from "./tpm.ts";

/** The key that wraps all of ours, in the TPM now. */
interface StorageRoot extends LoadedObject {
  readonly publicArea: EccArea | RsaArea;
  readonly lifetime: "persistent" | "transient";
}

/** What work under the storage root has: a session salted to it, and the root itself as the parent. */
export interface UnderRoot {
  readonly session: AuthSession;
  readonly root: LoadedObject;
}

/**
 * Runs `work` under the storage root key of this TPM and flushes what that took.
 *
 * The root is the persistent one where somebody made a fitting one, because a real chip takes seconds to make a key; else
 * it is made anew, always the same, and gone afterwards. A persistent one is never made: that place is everybody's.
 *
 * @param recordedName the root that was used when the key was made; null when that is now. Any other is refused, before
 * anything is sent to it: who sits on the bus may answer with a root of his own.
 * @throws {Fault} `KEY_ABSENT` if this TPM has no root of that name.
 */
export async function underStorageRoot<T>(
  tpm: Tpm,
  recordedName: Uint8Array | null,
  work: (under: UnderRoot) => Promise<T>,
): Promise<T> {
  const ephemeral = makeEphemeralKey();
  const root = await findRoot(tpm, recordedName);
  try {
    const session = await tpm.startSession(root, ephemeral);
    try {
      return await work({ session, root });
    } finally {
      if (session.isOpen()) await flushQuietly(tpm, session.handle);
    }
  } finally {
    if (root.lifetime === "transient") await flushQuietly(tpm, root.handle);
  }
}

/** Runs `work` and flushes the object behind the handle, whatever happens. */
export async function flushing<T>(tpm: Tpm, handle: number, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } finally {
    await flushQuietly(tpm, handle);
  }
}

/** After a fault the way to the TPM may be gone, and then that fault is what counts; the kernel flushes what is left. */
async function flushQuietly(tpm: Tpm, handle: number): Promise<void> {
  await tpm.flush(handle).catch(() => undefined);
}

async function findRoot(tpm: Tpm, recordedName: Uint8Array | null): Promise<StorageRoot> {
  const persistent = await readPersistentRoot(tpm);
  if (persistent !== null && fits(persistent, recordedName)) return persistent;
  const { handle, publicArea } = await tpm.createPrimary(storageRootTemplate());
  try {
    if (!isStorageRoot(publicArea)) throw malformed("the new storage root key is not what was asked for");
    const root: StorageRoot = { handle, name: objectName(publicArea), publicArea, lifetime: "transient" };
    if (fits(root, recordedName)) return root;
  } catch (cause) {
    await flushQuietly(tpm, handle);
    throw cause;
  }
  await flushQuietly(tpm, handle);
  throw new Fault("KEY_ABSENT", "this key was made in another TPM, or this TPM was cleared since", {
    hints: ["a key does not move between machines: make an identity here, `brevet init NAME`"],
  });
}

async function readPersistentRoot(tpm: Tpm): Promise<StorageRoot | null> {
  try {
    const publicArea = await tpm.readPublic(STORAGE_ROOT_HANDLE);
    if (!isStorageRoot(publicArea)) return null;
    return { handle: STORAGE_ROOT_HANDLE, name: objectName(publicArea), publicArea, lifetime: "persistent" };
  } catch (cause) {
    if (cause instanceof TpmRefusal && cause.handleUnknown) return null;
    throw cause;
  }
}

function fits({ name }: LoadedObject, recordedName: Uint8Array | null): boolean {
  return recordedName === null || Buffer.from(name).equals(recordedName);
}
