import assert from "node:assert/strict";
import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it, type TestContext } from "node:test";
import { Secret } from "../../../src/core/secret.ts";
import type { KeyGuardKind } from "../../../src/core/store.ts";
import { settleBeforeExit } from "../../../src/platform/before-exit.ts";
import { parseTpmAddress } from "../../../src/platform/tpm/tpm-address.ts";
import { tpmGuardKind } from "../../../src/stores/tpm/tpm-guard.ts";
import { keyGuardContract } from "../../contracts/key-guard.ts";
import { storeContract } from "../../contracts/store.ts";
import { sealedFilePlace, type UserFolders, userFolders } from "../../contracts/store-place.ts";
import { type SwTpm, startSwTpm } from "./swtpm.ts";
import { tpm2Tools } from "./tpm2-tools.ts";

const STORE = "0123456789abcdef";
const KEY = new Uint8Array(32).fill(9);

let chip: SwTpm;
let other: SwTpm;
before(async () => {
  [chip, other] = [await startSwTpm(), await startSwTpm()];
});
after(async () => {
  await Promise.all([chip.stop(), other.stop()]);
});

function guardOf(folders: UserFolders, at: SwTpm): KeyGuardKind {
  return tpmGuardKind({ paths: folders, files: folders.files, address: parseTpmAddress(at.device) ?? assert.fail() });
}

function onChip(context: TestContext): () => KeyGuardKind {
  const folders = userFolders(context);
  return () => guardOf(folders, chip);
}

keyGuardContract("the TPM", onChip);

storeContract("sealed files under the TPM", (context) => {
  const folders = userFolders(context);
  return sealedFilePlace(folders, () => guardOf(folders, chip), null);
});

describe("a store under the TPM", () => {
  it("opens on its own machine, and as a copy on another one opens nothing and is not made anew", async (context) => {
    const [here, copy] = [userFolders(context), userFolders(context)];
    await sealedFilePlace(here, () => guardOf(here, chip), null)
      .open()
      .save("keys", "laptop.es256", new Secret("key", "device key"));
    cpSync(here.stateFolder, copy.stateFolder, { recursive: true });
    const there = sealedFilePlace(copy, () => guardOf(copy, other), null).open();
    await assert.rejects(there.load("keys", "laptop.es256"), { code: "STORE_KEY_FOREIGN" });
    await assert.rejects(there.save("keys", "desktop.es256", new Secret("key", "x")), { code: "STORE_KEY_FOREIGN" });
    const again = sealedFilePlace(copy, () => guardOf(copy, chip), null).open();
    assert.equal((await again.load("keys", "laptop.es256"))?.reveal(), "device key");
  });

  it("is neither asked for nor replaced where the TPM is gone", async (context) => {
    const folders = userFolders(context);
    const gone = await startSwTpm();
    await guardOf(folders, gone).open(STORE).save(new Secret("key", KEY));
    await settleBeforeExit();
    await gone.stop();
    await assert.rejects(guardOf(folders, gone).open(STORE).load(), { code: "STORE_GUARD_ABSENT" });
    await assert.rejects(guardOf(folders, gone).open(STORE).save(new Secret("key", KEY)), { code: "STORE_GUARD_ABSENT" });
  });

  it("knows a damaged file from one of another machine, and neither file nor bus shows the key", async (context) => {
    const folders = userFolders(context);
    const guard = guardOf(folders, chip).open(STORE);
    await guard.save(new Secret("key", KEY));
    const path = join(folders.stateFolder, "store.tpm");
    const text = readFileSync(path, "utf8");
    assert.ok(!text.includes(Buffer.from(KEY).toString("base64url").slice(0, 20)));
    for (const damaged of [
      "",
      "null",
      "[]",
      text.slice(0, -10),
      text.replace('"version":1', '"version":2'),
      text.replace('"public":"', '"public":"AAAA'),
    ]) {
      writeFileSync(path, damaged, { mode: 0o600 });
      await assert.rejects(guard.load(), { code: "STORE_KEY_DAMAGED" }, damaged);
    }
    rmSync(path);
    assert.equal(await guard.load(), null);
    await settleBeforeExit();
    const tools = tpm2Tools(chip);
    assert.deepEqual([...tools.handles("transient"), ...tools.handles("loaded-session")], []);
  });
});
