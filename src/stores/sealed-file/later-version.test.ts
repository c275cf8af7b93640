import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { it } from "node:test";
import type { Fault } from "../../core/fault.ts";
import { Secret } from "../../core/secret.ts";
import { privateFiles } from "../../platform/private-files.ts";
import { keyFileGuardKind } from "../key-file/key-file-guard.ts";
import { chooseGuard } from "./choose-guard.ts";
import { sealedFileStore } from "./sealed-file-store.ts";

it("refuses what a later version of brevet wrote, and tells nobody to remove it", async (context) => {
  const home = mkdtempSync(join(tmpdir(), "brevet-later-"));
  context.after(() => rmSync(home, { recursive: true }));
  const [files, paths] = [privateFiles(), { stateFolder: join(home, "state"), cacheFolder: join(home, "cache") }];
  const kinds = { file: async () => keyFileGuardKind({ paths, files }) };
  const guard = () => chooseGuard({ asked: "file", kinds, files, paths });
  const store = () => sealedFileStore({ paths, files, runKey: null, guard });
  const isKept = ({ details, hints }: Fault): boolean => details["reason"] === "version" && !hints.join().includes("rm ");

  await store().save("keys", "a", new Secret("value", "x"));
  for (const [name, version, later] of [
    ["keys/a.sealed", "BRVT\x01", "BRVT\x02"],
    ["store.json", '"version":1', '"version":2'],
    ["store.key", "BRVK\x01", "BRVK\x02"],
  ] as const) {
    const path = join(paths.stateFolder, name);
    const written = readFileSync(path, "latin1");
    writeFileSync(path, written.replace(version, later), "latin1");
    await assert.rejects(store().load("keys", "a"), isKept, name);
    writeFileSync(path, written, "latin1");
  }
  assert.equal((await store().load("keys", "a"))?.reveal(), "x");
});
