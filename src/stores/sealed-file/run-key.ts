import { statfsSync } from "node:fs";
import { dirname } from "node:path";
import { sha256Hex } from "../../core/digest.ts";
import { Fault } from "../../core/fault.ts";
import { systemCalls } from "../../platform/file-calls.ts";
import { below, type Paths } from "../../platform/paths.ts";
import type { PrivateFiles } from "../../platform/private-files.ts";
import { encodeSealingKey, parseSealingKey, SEALING_KEY_BYTES, type SealingKey } from "./envelope.ts";

/**
 * The key of the area `credentials`, unwrapped, in the memory file system of this login session: cached calls take it
 * instead of asking the keychain. It opens no key and no session, and is gone at logout.
 *
 * It is kept only on Linux, where `$XDG_RUNTIME_DIR` is a tmpfs folder of this user with mode 0700.
 */
export interface RunKey {
  /** Null when there is none, or the folder is not safe. Never a fault: the guard has the key too. */
  load(): SealingKey | null;
  /** Does nothing where the place is not as it must be. */
  save(key: SealingKey): void;
  remove(): void;
  /** For `status`. */
  describe(): RunKeyState;
}

/** Whether a run key is there, and if none can be, why. */
export type RunKeyState =
  | { readonly state: "present"; readonly path: string }
  | { readonly state: "absent"; readonly path: string }
  | { readonly state: "refused"; readonly reason: string };

type RunKeyPaths = Pick<Paths, "runtimeFolder" | "stateFolder">;

/** `TMPFS_MAGIC` of linux/magic.h. */
const TMPFS_TYPE = 0x01021994;

/** The run key of the store in that state folder. */
export function runKey(files: PrivateFiles, paths: RunKeyPaths): RunKey {
  return {
    load: () => {
      const key = ignoringFaults(() => loadFrom(files, runKeyPath(paths))) ?? null;
      // The place is examined only if there is a key in it; with a key file as the guard there is none. An unsafe place's key is not used.
      return key !== null && refusal(paths.runtimeFolder) === null ? key : null;
    },
    save: (key) => {
      const path = runKeyPath(paths);
      if (path !== null && refusal(paths.runtimeFolder) === null)
        ignoringFaults(() => files.replace(path, encodeSealingKey(key)));
    },
    remove: () => {
      const path = runKeyPath(paths);
      if (path !== null) files.remove(path);
    },
    describe: () => {
      const reason = refusal(paths.runtimeFolder);
      const path = runKeyPath(paths);
      if (reason !== null || path === null) return { state: "refused", reason: reason ?? "" };
      return { state: ignoringFaults(() => loadFrom(files, path)) ? "present" : "absent", path };
    },
  };
}

function loadFrom(files: PrivateFiles, path: string | null): SealingKey | null {
  const bytes = path === null ? null : files.read(path);
  return bytes?.length === SEALING_KEY_BYTES ? parseSealingKey(bytes) : null;
}

/** One for each state folder: a trial with another HOME shares the login session. */
function runKeyPath(paths: RunKeyPaths): string | null {
  if (paths.runtimeFolder === null) return null;
  const store = sha256Hex(paths.stateFolder).slice(0, 16);
  return below(paths.runtimeFolder, `run-key-${store}`);
}

/** Why no run key may be left there; null if it may. */
function refusal(runtimeFolder: string | null): string | null {
  if (process.platform !== "linux") return "only Linux has a memory file system for each login session";
  if (runtimeFolder === null) return "XDG_RUNTIME_DIR is not set";
  const folder = dirname(runtimeFolder);
  try {
    const facts = systemCalls.factsAt(folder);
    if (facts === null) return `${folder} is not there`;
    if (facts.kind !== "folder") return `${folder} is not a folder`;
    if (facts.ownerId !== process.getuid?.()) return `${folder} belongs to another user`;
    if (facts.mode !== 0o700) return `${folder} has mode ${facts.mode.toString(8)}, not 700`;
    return statfsSync(folder).type === TMPFS_TYPE ? null : `${folder} is not in memory (tmpfs)`;
  } catch {
    return `${folder} cannot be examined`;
  }
}

function ignoringFaults<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof Fault) return undefined;
    throw error;
  }
}
