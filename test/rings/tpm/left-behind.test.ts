import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, describe, it } from "node:test";
import { Secret } from "../../../src/core/secret.ts";
import type { Signer, SigningKey } from "../../../src/core/signer.ts";
import { settleBeforeExit } from "../../../src/platform/before-exit.ts";
import { privateFiles } from "../../../src/platform/private-files.ts";
import { parseTpmAddress } from "../../../src/platform/tpm/tpm-address.ts";
import { tpm2Signers } from "../../../src/signers/tpm2/signer.ts";
import { tpmGuardKind } from "../../../src/stores/tpm/tpm-guard.ts";
import { memoryStore } from "../../contracts/signer-memory-store.ts";
import { type SwTpm, startSwTpm } from "./swtpm.ts";
import { tpm2Tools } from "./tpm2-tools.ts";

const MESSAGE = Buffer.from("header.claims");

let chip: SwTpm;
let signer: Signer;
let key: SigningKey;
before(async () => {
  chip = await startSwTpm();
  const nobody = { askSecret: async () => assert.fail("asked") };
  const kind = tpm2Signers({ store: memoryStore(), terminal: nobody });
  signer = kind.open({ identity: "laptop", options: { device: chip.device } });
  await signer.createKey("ES256");
  key = (await signer.signingKey("ES256")) ?? assert.fail();
});
after(() => chip.stop());

/** Between TPM and program nobody cleans up, as behind `/dev/tpm0`. */
describe("a program that ends", () => {
  afterEach(async () => {
    await settleBeforeExit();
    const tools = tpm2Tools(chip);
    assert.deepEqual([...tools.handles("transient"), ...tools.handles("loaded-session")], []);
  });

  it("after a signature leaves nothing in the TPM", async () => {
    signer.prepare?.();
    assert.equal((await key.sign(MESSAGE)).length, 64);
  });

  it("with a signature prepared and not made leaves nothing in the TPM", () => {
    signer.prepare?.();
  });

  it("in the middle of a signature leaves nothing in the TPM", async () => {
    const signing = key.sign(MESSAGE);
    await settleBeforeExit();
    await signing;
  });

  it("has its store opened by the TPM in which a signature is prepared", async (context) => {
    const stateFolder = mkdtempSync(join(tmpdir(), "brevet-tpm-left-"));
    context.after(() => rmSync(stateFolder, { recursive: true }));
    const address = parseTpmAddress(chip.device) ?? assert.fail();
    const guard = tpmGuardKind({ paths: { stateFolder }, files: privateFiles(), address }).open("a store");
    await guard.save(new Secret("key", new Uint8Array(32).fill(3)));
    signer.prepare?.();
    assert.deepEqual((await guard.load())?.reveal(), new Uint8Array(32).fill(3));
    assert.equal((await key.sign(MESSAGE)).length, 64);
  });

  it("signs twice at once", async () => {
    const signatures = await Promise.all([key.sign(MESSAGE), key.sign(MESSAGE)]);
    assert.deepEqual(
      signatures.map(({ length }) => length),
      [64, 64],
    );
  });
});
