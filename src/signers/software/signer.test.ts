import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { it } from "node:test";
import { inspect } from "node:util";
import { signerContract } from "../../../test/contracts/signer.ts";
import { memoryStore } from "../../../test/contracts/signer-memory-store.ts";
import { Fault } from "../../core/fault.ts";
import { Secret } from "../../core/secret.ts";
import { privateFiles } from "../../platform/private-files.ts";
import { keyFileGuardKind } from "../../stores/key-file/key-file-guard.ts";
import { chooseGuard } from "../../stores/sealed-file/choose-guard.ts";
import { sealedFileStore } from "../../stores/sealed-file/sealed-file-store.ts";
import { softwareSigners } from "./signer.ts";

signerContract("software, its keys in sealed files", async () => {
  const home = mkdtempSync(join(tmpdir(), "software-signer-"));
  const paths = { stateFolder: join(home, "state"), cacheFolder: join(home, "cache") };
  const files = privateFiles();
  const kinds = { file: async () => keyFileGuardKind({ paths, files }) };
  // A store for each opening, as in separate runs of the program.
  const store = () =>
    sealedFileStore({ paths, files, runKey: null, guard: () => chooseGuard({ asked: "file", files, paths, kinds }) });
  return {
    open: (identity, generation) => softwareSigners({ store: store() }).open({ identity, generation, options: {} }),
    close: async () => rmSync(home, { recursive: true }),
  };
});

it("says that its keys are in software", async () => {
  const kind = softwareSigners({ store: memoryStore() });
  const probe = await kind.probe({});
  assert.equal(probe.usable && probe.residence, "software");
  assert.equal(kind.open({ identity: "laptop", options: {} }).description.residence, "software");
});

it("has no options, and says so of each", () => {
  const kind = softwareSigners({ store: memoryStore() });
  assert.throws(
    () => kind.open({ identity: "laptop", options: { path: "/k" } }),
    (cause) => cause instanceof Fault && cause.code === "CONFIG_KEY_UNKNOWN",
  );
});

it("refuses an entry that holds no key, or one of another type, and shows nothing of it", async () => {
  const store = memoryStore();
  const kind = softwareSigners({ store });
  const signer = kind.open({ identity: "laptop", options: {} });
  await signer.createKey("RS256");
  const rsa = await store.load("keys", "laptop.rs256");
  assert.ok(rsa);
  for (const held of [rsa, new Secret("private key", "planted-secret"), new Secret("private key", "")]) {
    await store.save("keys", "laptop.es256", held);
    await assert.rejects(signer.signingKey("ES256"), (cause) => {
      assert.ok(cause instanceof Fault);
      assert.equal(cause.code, "STORE_ENTRY_DAMAGED");
      assert.ok(!inspect(cause, { depth: 10 }).includes("planted-secret"));
      return true;
    });
  }
});
