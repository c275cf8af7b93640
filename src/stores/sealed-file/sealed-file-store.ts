import { join } from "node:path";
import { textOf, utf8 } from "../../core/bytes.ts";
import { Fault } from "../../core/fault.ts";
import { posixWord } from "../../core/posix-word.ts";
import { Secret } from "../../core/secret.ts";
import type { KeyGuard, LockClaim, Store, StoreArea } from "../../core/store.ts";
import { versionUnknown } from "../../core/version-unknown.ts";
import type { LockRequest } from "../../platform/lock.ts";
import { below, type Paths } from "../../platform/paths.ts";
import type { PrivateFiles } from "../../platform/private-files.ts";
import { areaKey, type EntryPlace, openEntry, type SealingKey, sealEntry } from "./envelope.ts";
import { establishMasterKey, masterKeyAbsent } from "./master-key.ts";
import type { RunKey } from "./run-key.ts";
import { missingRecord } from "./store-record.ts";

/**
 * A store of sealed files, one for each entry: `credentials` in the cache folder, the other areas in the state folder.
 *
 * An entry that is not there is found out without the guard, and the key of `credentials` may come from the run key,
 * so that a cached call costs two small reads.
 */
export interface SealedFileOptions {
  readonly paths: Pick<Paths, "stateFolder" | "cacheFolder">;
  /** Called at most once, when an entry has to be opened or sealed and the run key is not there. */
  guard(): Promise<KeyGuard>;
  /** Null: the guard is asked in each process. */
  readonly runKey: RunKey | null;
  /** How long a process waits for a lock: longer than a person takes to sign in. */
  readonly lockPatienceSeconds?: number;
  readonly files: PrivateFiles;
}

type Settings = Required<SealedFileOptions>;

const SUFFIX = ".sealed";
const DEFAULT_PATIENCE_SECONDS = 300;
/** Must be writable even in a container whose file system, `/tmp` included, is read-only. */
const SHARED_MEMORY = process.platform === "linux" ? ["/dev/shm"] : [];
const IRREPLACEABLE: readonly StoreArea[] = ["keys", "sessions"];

/** The Store over sealed files. Touches nothing until a method is called. */
export function sealedFileStore(options: SealedFileOptions): Store {
  const settings: Settings = { lockPatienceSeconds: DEFAULT_PATIENCE_SECONDS, ...options };
  const { files, paths } = settings;
  const keyring = areaKeyring(settings);
  return {
    load: async (area, name) => {
      const path = entryPath(paths, area, name);
      const bytes = files.read(path);
      return bytes === null ? null : openSealed({ area, name }, path, bytes, keyring);
    },
    save: async (area, name, value) => {
      const path = entryPath(paths, area, name);
      const key = await keyring.forSealing(area);
      files.replace(
        path,
        await sealEntry(utf8(value.reveal()), key, { area, name }),
        area === "credentials" ? "passing" : "lasting",
      );
      // Only the very first save writes to this folder itself, so nothing else would clear what a process that died in it left.
      files.sweep(paths.stateFolder);
    },
    remove: async (area, name) => files.remove(entryPath(paths, area, name)),
    list: async (area) => {
      // Whoever lists is in no hurry: what a killed process left there need not wait for the next save.
      for (const folder of [areaFolder(paths, area), paths.stateFolder]) files.sweep(folder);
      return entryNames(files, paths, area);
    },
    locked: async (area) => lockedNames(settings, area),
    withLock: (area, name, claim, work) => {
      entryPath(paths, area, name);
      return withStoreLock(settings, `${area}.${name}.lock`, claim, work);
    },
  };
}

/** Where the keys of the areas come from, in the order of their cost. */
interface AreaKeyring {
  /** The key that costs nothing to have: the one of before, or the run key. It may be of another store than the entry. */
  atHand(area: StoreArea): SealingKey | null;
  /** The key from the guard; null when it has none. */
  fromGuard(area: StoreArea): Promise<SealingKey | null>;
  forSealing(area: StoreArea): Promise<SealingKey>;
  keyAbsent(area: StoreArea): Promise<Fault>;
}

function areaKeyring(options: Settings): AreaKeyring {
  const { runKey, files, paths } = options;
  const known = new Map<StoreArea, SealingKey>();
  /** Asked of the guard once: a call may both read a device key and save credentials. */
  let held: Secret<Uint8Array> | null = null;
  let chosen: Promise<KeyGuard> | undefined;
  const guard = (): Promise<KeyGuard> => {
    chosen ??= options.guard();
    return chosen;
  };
  const atHand = (area: StoreArea): SealingKey | null =>
    known.get(area) ?? (area === "credentials" ? (runKey?.load() ?? null) : null);
  const remember = async (area: StoreArea, master: Secret<Uint8Array>): Promise<SealingKey> => {
    const key = areaKey(master.reveal(), area);
    known.set(area, key);
    if (area === "credentials" && (await guard()).strength !== "file") runKey?.save(key);
    return key;
  };
  return {
    atHand,
    async fromGuard(area) {
      held = await (await guard()).load();
      return held === null ? null : remember(area, held);
    },
    forSealing: async (area) => {
      const cheap = atHand(area);
      if (cheap !== null) return cheap;
      held ??= await establishMasterKey({
        guard: await guard(),
        irreplaceable: () => irreplaceableFolders(options),
        missingRecord: () => missingRecord(files, paths),
        exclusively: (work) => withStoreLock(options, "store-key.lock", { purpose: "makes the key of the store" }, work),
      });
      return remember(area, held);
    },
    keyAbsent: async (area) => masterKeyAbsent(await guard(), [areaFolder(paths, area)], missingRecord(files, paths)),
  };
}

async function openSealed(
  place: EntryPlace,
  path: string,
  bytes: Uint8Array,
  keyring: AreaKeyring,
): Promise<Secret<string> | null> {
  const cheap = keyring.atHand(place.area);
  let opened = cheap === null ? null : await openEntry(bytes, cheap, place);
  if (opened === null || opened.outcome === "other-key") {
    const key = await keyring.fromGuard(place.area);
    if (key !== null) opened = await openEntry(bytes, key, place);
  }
  if (opened?.outcome === "opened") return new Secret(`${place.area}/${place.name}`, textOf(opened.value));
  const reason = opened?.outcome ?? "no-key";
  if (place.area === "credentials") return null;
  if (reason === "no-key") throw await keyring.keyAbsent(place.area);
  if (reason === "version") throw versionUnknown("STORE_ENTRY_DAMAGED", path);
  throw new Fault(
    "STORE_ENTRY_DAMAGED",
    reason === "damaged" ? `${path} is cut off or was altered` : `${path} was sealed by another key than the store's`,
    { hints: [`bring ${path} back from a copy, or begin again: \`rm ${posixWord(path)}\``], details: { reason } },
  );
}

function entryPath(paths: SealedFileOptions["paths"], area: StoreArea, name: string): string {
  if (!/^[a-z0-9._-]{1,128}$/.test(name)) throw new TypeError(`"${name}" cannot name an entry of the store`);
  return below(areaFolder(paths, area), `${name}${SUFFIX}`);
}

function areaFolder(paths: SealedFileOptions["paths"], area: StoreArea): string {
  return below(area === "credentials" ? paths.cacheFolder : paths.stateFolder, area);
}

function entryNames(files: PrivateFiles, paths: SealedFileOptions["paths"], area: StoreArea): readonly string[] {
  return files
    .list(areaFolder(paths, area))
    .filter((name) => name.endsWith(SUFFIX))
    .map((name) => name.slice(0, -SUFFIX.length));
}

function irreplaceableFolders({ files, paths }: Settings): readonly string[] {
  return IRREPLACEABLE.filter((area) => entryNames(files, paths, area).length > 0).map((area) => areaFolder(paths, area));
}

/**
 * Locks are in the state folder, whatever the session: a place that depends on `XDG_RUNTIME_DIR` would not be the same for
 * a terminal and for cron. Where the home is read-only nothing can be saved, but N processes should still ask once.
 */
async function withStoreLock<T>(
  { files, paths, lockPatienceSeconds }: Settings,
  name: string,
  claim: LockClaim,
  work: (lock: { readonly waited: boolean }) => Promise<T>,
): Promise<T> {
  const request = { ...claim, folders: lockFolders(paths), name, patienceSeconds: lockPatienceSeconds };
  const { withFileLock } = await import("../../platform/lock.ts");
  return withFileLock(files, request, work);
}

function lockFolders({ stateFolder }: SealedFileOptions["paths"]): LockRequest["folders"] {
  // One level only: a parent that another user made could be moved away together with our folder.
  const spareIn = (place: string): string => join(place, `brevet-locks-${process.getuid?.() ?? "user"}`);
  return [
    () => below(stateFolder, "locks"),
    () => spareIn(process.getBuiltinModule("node:os").tmpdir()),
    ...SHARED_MEMORY.map((place) => () => spareIn(place)),
  ];
}

function lockedNames({ files, paths }: Settings, area: StoreArea): readonly string[] {
  const names = new Set<string>();
  for (const folder of lockFolders(paths)) {
    for (const file of listIfOurs(files, folder())) {
      const [, of, name] = /^([a-z]+)\.([a-z0-9._-]{1,128})\.lock$/.exec(file) ?? [];
      if (of === area && name !== undefined) names.add(name);
    }
  }
  return [...names].sort();
}

/** A folder that we cannot read, such as one that another user made at the spare place, holds none of our locks. */
function listIfOurs(files: PrivateFiles, folder: string): readonly string[] {
  try {
    return files.list(folder);
  } catch (error) {
    if (error instanceof Fault) return [];
    throw error;
  }
}
