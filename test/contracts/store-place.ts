import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import type { KeyGuardKind, StoreArea } from "../../src/core/store.ts";
import { type PrivateFiles, privateFiles } from "../../src/platform/private-files.ts";
import { chooseGuard } from "../../src/stores/sealed-file/choose-guard.ts";
import type { RunKey } from "../../src/stores/sealed-file/run-key.ts";
import { sealedFileStore } from "../../src/stores/sealed-file/sealed-file-store.ts";
import type { StorePlace } from "./store.ts";

/** Folders of one user, gone after the test. */
export interface UserFolders {
  readonly stateFolder: string;
  readonly cacheFolder: string;
  readonly files: PrivateFiles;
}

/** Fresh folders below the system's temporary folder. */
export function userFolders(context: TestContext): UserFolders {
  const home = mkdtempSync(join(tmpdir(), "brevet-test-"));
  context.after(() => rmSync(home, { recursive: true, force: true }));
  return { stateFolder: join(home, "state"), cacheFolder: join(home, "cache"), files: privateFiles() };
}

/** Where the sealed-file store keeps an entry. */
export function entryFile(folders: UserFolders, area: StoreArea, name: string): string {
  return join(area === "credentials" ? folders.cacheFolder : folders.stateFolder, area, `${name}.sealed`);
}

/** The sealed-file store in those folders under that guard, for the contract of stores. */
export function sealedFilePlace(folders: UserFolders, kind: () => KeyGuardKind, runKey: RunKey | null): StorePlace {
  const { files } = folders;
  const word = kind().kind;
  return {
    open: () =>
      sealedFileStore({
        paths: folders,
        files,
        runKey,
        guard: () => chooseGuard({ asked: word, kinds: { [word]: async () => kind() }, files, paths: folders }),
      }),
    tamper: (area, name, change) => {
      const path = entryFile(folders, area, name);
      writeFileSync(path, change(new Uint8Array(readFileSync(path))));
    },
    transplant: (from, to) => copyFileSync(entryFile(folders, ...from), entryFile(folders, ...to)),
  };
}
