import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { it } from "node:test";
import { Secret } from "../../core/secret.ts";
import { privateFiles } from "../../platform/files.ts";
import { keyFileGuardKind } from "../key-file/key-file-guard.ts";
import { chooseGuard } from "./choose-guard.ts";
import { sealedFileStore } from "./sealed-file-store.ts";

it("opens in another process what it sealed", async (context) => {
  const home = mkdtempSync(join(tmpdir(), "brevet-store-"));
  context.after(() => rmSync(home, { recursive: true }));
  const paths = { stateFolder: join(home, "state"), cacheFolder: join(home, "cache") };
  const files = privateFiles();
  const open = () =>
    sealedFileStore({
      paths,
      files,
      runKey: null,
      guard: () => chooseGuard({ asked: "file", files, paths, kinds: { file: async () => keyFileGuardKind({ paths, files }) } }),
    });
  assert.equal(await open().load("credentials", "a"), null);
  await open().save("credentials", "a", new Secret("a", "one"));
  assert.equal((await open().load("credentials", "a"))?.reveal(), "one");
  await open().withLock(
    "credentials",
    "a",
    "test",
    () => assert.fail(),
    async () => {
      await open().save("keys", "a", new Secret("a", "two"));
    },
  );
  assert.deepEqual(await open().list("keys"), ["a"]);
});
