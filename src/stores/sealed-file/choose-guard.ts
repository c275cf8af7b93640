import { Fault } from "../../core/fault.ts";
import { unsetCommand } from "../../core/shell-variables.ts";
import type { KeyGuard, KeyGuardKind } from "../../core/store.ts";
import type { Paths } from "../../platform/paths.ts";
import type { PrivateFiles } from "../../platform/private-files.ts";
import { keepStoreRecord, newStoreRecord, readStoreRecord, removeStoreRecord, type StoreRecord } from "./store-record.ts";

/** What the choice of a guard depends on. */
export interface GuardChoice {
  /** `BREVET_STORE`, else `store.guard` of the config, as the user wrote it; null or empty when neither says anything. */
  readonly asked: string | null;
  /** The kinds of guard by their words. Each is loaded when it is needed. */
  readonly kinds: Readonly<Record<string, () => Promise<KeyGuardKind>>>;
  readonly files: PrivateFiles;
  readonly paths: Pick<Paths, "stateFolder">;
  /** What the store's record said a moment ago; default: it is read. */
  readonly record?: StoreRecord | null;
}

/** What guards a store for which nobody chose anything: the only guard that is not weaker than another one. */
const DEFAULT_GUARD = "keychain";

/**
 * The guard of the store in the state folder: the one that holds its key already, else the one that was asked for,
 * else the keychain. A weaker one is never taken because a stronger one is missing.
 *
 * Where no key was made yet, the guard that is returned looks at the record before each call: another process may have made it since.
 *
 * @throws {Fault} `KIND_UNKNOWN` for a word that names no guard; `STORE_GUARD_MISMATCH` if another guard than the one
 * that was asked for holds the key, also from each method.
 */
export async function chooseGuard(choice: GuardChoice): Promise<KeyGuard> {
  const { kinds, asked } = choice;
  if (asked && !Object.hasOwn(kinds, asked)) {
    throw new Fault("KIND_UNKNOWN", `"${asked}" does not guard a store: there are ${Object.keys(kinds).join(", ")}`, {
      hints: [
        "`BREVET_STORE=keychain` keeps the store's key in the keychain, `BREVET_STORE=tpm` seals it by the TPM, `BREVET_STORE=file` keeps it in a file",
      ],
    });
  }
  const { record = readStoreRecord(choice.files, choice.paths) } = choice;
  if (record !== null && asked) requireGuard(record.guard, asked);
  const word = record?.guard ?? (asked || DEFAULT_GUARD);
  const load = Object.hasOwn(kinds, word) ? kinds[word] : undefined;
  if (load === undefined) {
    throw new Fault("KIND_UNKNOWN", `the store's key is held by "${word}", a guard that this version of brevet does not have`);
  }
  return recordedGuard(await load(), record, choice);
}

/** @param found the record of a moment ago: where there was one, the key is loaded by it. */
function recordedGuard(kind: KeyGuardKind, found: StoreRecord | null, { files, paths }: GuardChoice): KeyGuard {
  const open = (record: StoreRecord | null): KeyGuard | null => {
    if (record === null) return null;
    requireGuard(record.guard, kind.kind);
    return kind.open(record.storeId);
  };
  const { summary, strength } = kind.open("");
  return {
    kind: kind.kind,
    summary,
    strength,
    // Without a record there is no key, so the keychain is not asked.
    load: async () => (await open(found ?? readStoreRecord(files, paths))?.load()) ?? null,
    save: async (key) => {
      const record = readStoreRecord(files, paths) ?? newStoreRecord(kind.kind);
      requireGuard(record.guard, kind.kind);
      // The record comes last, so that a guard that did not take the key, or a process that was killed while the keychain
      // asked the person, leaves the choice open.
      await kind.open(record.storeId).save(key);
      keepStoreRecord(files, paths, record);
    },
    destroy: async () => {
      await open(readStoreRecord(files, paths))?.destroy();
      removeStoreRecord(files, paths);
    },
  };
}

function requireGuard(recorded: string, asked: string): void {
  if (recorded === asked) return;
  throw new Fault("STORE_GUARD_MISMATCH", `the store's key is held by "${recorded}", and "${asked}" was asked for`, {
    hints: [
      `take the choice away (\`${unsetCommand(["BREVET_STORE"])}\`, \`store.guard\` in the config): the guard that holds the key is then used`,
    ],
    details: { recorded, asked },
  });
}
