import { dirname, join } from "node:path";
import { digestOf } from "../../core/digest.ts";
import { isJsonObject, parseJsonObject } from "../../core/json-object.ts";
import type { PrivateFiles } from "../../platform/private-files.ts";
import { hasFolder, readUserFile, removeEmptyFolder, setMode, type UserFile } from "../../platform/user-file.ts";

/**
 * What is remembered of a file of the user's while parts of it are brevet's, so that it can be given back as it was found: several
 * setups add to it and are taken away in any order, and none of them alone knows what was there before the first.
 *
 * The file as others left it is kept next to it (`.brevet-backup`). Each method may be the last that a killed process calls.
 */
export interface EditedFile {
  /** Called before the file becomes `text`, with what is there now. @throws {Fault} `FILE_UNWRITABLE` */
  beforeChange(present: UserFile | null, text: string): void;
  /** A process that was killed after it replaced the file may not have come to giving it its permissions. */
  repairMode(present: UserFile | null): void;
  /**
   * Called before a part is taken out of the file.
   *
   * @param text what would be left of it.
   * @param saysSame whether two texts say the same, whatever their layout.
   * @returns what it is to become; null: it is to go.
   */
  beforeUndo(present: UserFile | null, text: string, saysSame: (one: string, other: string) => boolean): string | null;
  /** Called when it was done. What is not needed any more goes: the copy, the folder that was made for the file. */
  afterUndo(present: UserFile | null): void;
}

/** What is remembered, as JSON in `edited-files/` of the state folder. */
interface Trace {
  readonly file: string;
  /** Digest of the file as others left it; null: there was none; `"unknown"`: others changed it between two of our changes. */
  readonly found: string | null;
  /** Digests of the file before the last change of ours and after it: anything else is a change by somebody else. */
  readonly left: readonly (string | null)[];
  /** Whether its folder was made for it. */
  readonly madeFolder: boolean;
}

const UNKNOWN = "unknown";

export function editedFile(files: PrivateFiles, stateFolder: string, file: string): EditedFile {
  const path = join(stateFolder, "edited-files", `${digestOf(file).slice(0, 32)}.json`);
  const trace = parseTrace(files.read(path));
  const save = (next: Omit<Trace, "file">): void =>
    files.replace(path, Buffer.from(`${JSON.stringify({ file, ...next }, null, 2)}\n`, "utf8"));
  const copyOf = (present: UserFile | null): string => `${present?.path ?? file}.brevet-backup`;
  const isOurs = (present: UserFile | null): boolean => trace?.left.includes(digest(present)) ?? false;

  return {
    beforeChange(present, text) {
      const left = [digest(present), digestOf(text)];
      if (trace !== null && (isOurs(present) || trace.found === null)) return save({ ...trace, left });
      save({ found: trace === null ? digest(present) : UNKNOWN, left, madeFolder: trace?.madeFolder ?? !hasFolder(file) });
      if (present !== null) keepCopy(files, copyOf(present), present);
    },
    repairMode(present) {
      const copy = isOurs(present) ? readUserFile(copyOf(present)) : null;
      if (present !== null && copy !== null) setMode(present.path, copy.mode);
    },
    beforeUndo(present, text, saysSame) {
      if (trace === null) return text;
      const { found } = trace;
      if (found === null && saysSame(text, "")) return null;
      const copy = readUserFile(copyOf(present));
      if (isOurs(present) && copy !== null && digest(copy) === found && saysSame(text, copy.text)) return copy.text;
      if (found === null || (isOurs(present) && found !== UNKNOWN)) save({ ...trace, left: [digest(present), digestOf(text)] });
      return text;
    },
    afterUndo(present) {
      const now = parseTrace(files.read(path));
      if (now === null) return;
      const isAsFound = digest(present) === now.found;
      if (!isAsFound && now.left.includes(digest(present)) && now.found !== UNKNOWN) return;
      if (!isAsFound && now.found === null) return;
      files.remove(copyOf(present));
      files.remove(path);
      if (now.madeFolder) removeEmptyFolder(dirname(file));
    },
  };
}

/** With the permissions of the file, so that a run which is killed before the new file has them can restore them. */
function keepCopy(files: PrivateFiles, path: string, present: UserFile): void {
  files.replace(path, Buffer.from(present.text, "utf8"));
  setMode(path, present.mode);
}

function digest(present: UserFile | null): string | null {
  return present === null ? null : digestOf(present.text);
}

/** Without what cannot be read files are given back in content, and not to the byte. */
function parseTrace(bytes: Uint8Array | null): Trace | null {
  const value = bytes === null ? null : parseJsonObject(Buffer.from(bytes).toString("utf8"));
  return value !== null && isTrace(value) ? value : null;
}

function isTrace(value: unknown): value is Trace {
  if (!isJsonObject(value)) return false;
  const { file, found, left, madeFolder } = value;
  const isDigest = (one: unknown): boolean => one === null || typeof one === "string";
  return (
    typeof file === "string" && isDigest(found) && Array.isArray(left) && left.every(isDigest) && typeof madeFolder === "boolean"
  );
}
