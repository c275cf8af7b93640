import { sameBytes } from "../../core/bytes.ts";
import { Fault } from "../../core/fault.ts";
import type { LoadedObject } from "./authorized.ts";
import { malformed } from "./bytes.ts";
import { STORAGE_ROOT_HANDLE } from "./constants.ts";
import { type EccArea, isStorageRoot, objectName, type RsaArea, storageRootTemplate } from "./public-area.ts";
import { TpmRefusal } from "./response-code.ts";
import { type EphemeralKey, makeEphemeralKey } from "./salt.ts";
import type { AuthSession } from "./session.ts";
import type { Tpm } from "./tpm.ts";
import { enterTpm, type OpenTpm, type TpmPorts } from "./with-tpm.ts";

/** The key that wraps all of ours, loaded in the TPM. */
interface StorageRoot extends LoadedObject {
  readonly publicArea: EccArea | RsaArea;
  readonly lifetime: "persistent" | "transient";
}

/** An open way to a TPM, on which its storage root is being looked for. */
export interface RootedTpm {
  readonly way: OpenTpm;
  readonly found: Promise<StorageRoot>;
  readonly ephemeral: EphemeralKey;
}

/** How work comes to such a way, which it has for itself and leaves. */
export type EnterRoot = () => Promise<RootedTpm>;

/** What work under the storage root has: a session salted to it, and the root itself as the parent. */
export interface UnderRoot extends Pick<OpenTpm, "chip" | "transmit"> {
  readonly session: AuthSession;
  readonly root: LoadedObject;
}

/**
 * Opens the way to a TPM and begins what any work under its storage root needs. To be left.
 *
 * The root is a fitting persistent one where there is one, because a real chip takes seconds to make a key; else the same one is
 * made each time, and gone afterwards. No persistent one is ever made: that place is everybody's.
 */
export async function enterRoot(ports: TpmPorts): Promise<RootedTpm> {
  const way = await enterTpm(ports);
  const found = way.use(() => findRoot(way.chip));
  // Whoever works under the root gets its fault.
  found.catch(() => undefined);
  return { way, found, ephemeral: makeEphemeralKey() };
}

/**
 * Runs `work` under the storage root key of this TPM, and leaves the TPM.
 *
 * @param recordedName the root that was used when the key was made; null when that is now. Any other is refused before anything
 * is sent to it: an attacker on the bus may answer with another root.
 * @throws {Fault} `KEY_ABSENT` if this TPM has no root of that name.
 */
export async function underStorageRoot<T>(
  enter: EnterRoot,
  recordedName: Uint8Array | null,
  work: (under: UnderRoot) => Promise<T>,
): Promise<T> {
  const { way, found, ephemeral } = await enter();
  const { chip, transmit } = way;
  return way.finish(async () => {
    const root = await requireRoot(chip, await found, recordedName);
    return work({ chip, transmit, root, session: await chip.startSession(root, ephemeral) });
  });
}

async function findRoot(chip: Tpm): Promise<StorageRoot> {
  return (await readPersistentRoot(chip)) ?? (await makeRoot(chip));
}

/** The root of that name: a persistent one of another template may exist besides the one that our key was made under. */
async function requireRoot(chip: Tpm, found: StorageRoot, recordedName: Uint8Array | null): Promise<StorageRoot> {
  if (fits(found, recordedName)) return found;
  const other = found.lifetime === "persistent" ? await makeRoot(chip) : null;
  if (other !== null && fits(other, recordedName)) return other;
  throw new Fault(
    "KEY_ABSENT",
    "this key was made in another TPM, or this TPM was cleared or lost its root at 0x81000001 since",
    {
      hints: ["a key does not move between machines: make an identity here, `brevet init NAME`"],
    },
  );
}

async function makeRoot(chip: Tpm): Promise<StorageRoot> {
  const { handle, publicArea } = await chip.createPrimary(storageRootTemplate());
  if (!isStorageRoot(publicArea)) throw malformed("the new storage root key is not what was asked for");
  return { handle, name: objectName(publicArea), publicArea, lifetime: "transient" };
}

async function readPersistentRoot(chip: Tpm): Promise<StorageRoot | null> {
  try {
    const publicArea = await chip.readPublic(STORAGE_ROOT_HANDLE);
    if (!isStorageRoot(publicArea)) return null;
    return { handle: STORAGE_ROOT_HANDLE, name: objectName(publicArea), publicArea, lifetime: "persistent" };
  } catch (cause) {
    if (cause instanceof TpmRefusal && cause.handleUnknown) return null;
    throw cause;
  }
}

function fits({ name }: LoadedObject, recordedName: Uint8Array | null): boolean {
  return recordedName === null || sameBytes(name, recordedName);
}
