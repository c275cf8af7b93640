import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { Fault } from "../../../src/core/fault.ts";
import { openTpm } from "../../../src/platform/tpm/open-tpm.ts";
import { parseTpmAddress } from "../../../src/platform/tpm/tpm-address.ts";
import { tpm2Signers } from "../../../src/signers/tpm2/signer.ts";
import { signerContract } from "../../contracts/signer.ts";
import { memoryStore } from "../../contracts/signer-memory-store.ts";
import { type SwTpm, startSwTpm } from "./swtpm.ts";

/** The way that Windows has to a TPM, as far as Linux goes: the same calls into a library, which leads to swtpm. */

const folder = mkdtempSync(join(tmpdir(), "brevet-tbs-"));
let library: string;
let chip: SwTpm;
before(async () => {
  chip = await startSwTpm();
  library = compile("0");
});
after(async () => {
  await chip.stop();
  rmSync(folder, { recursive: true });
});

/** @param fails what each context fails with, hexadecimal; 0: it works. */
function compile(fails: string): string {
  const file = join(folder, `tbs-${fails}.so`);
  const values = [`-DSWTPM_PORT=${chip.device.split(":").at(-1)}`, `-DFAILS_WITH=0x${fails}u`];
  const source = join(import.meta.dirname, "tbs-stand-in.c");
  execFileSync("cc", ["-shared", "-fPIC", "-O1", "-Wall", "-Werror", ...values, "-o", file, source]);
  return file;
}

const nobody = { askSecret: async (): Promise<string> => assert.fail("nobody is asked") };

signerContract("tpm2, by TPM Base Services that are stood in for", async () => {
  const store = memoryStore();
  return {
    open: (identity, generation) =>
      tpm2Signers({ store, terminal: nobody }).open({ identity, generation, options: { device: `tbs:${library}` } }),
    close: async () => undefined,
  };
});

describe("TPM Base Services", () => {
  it("that are stood in for are no hardware", async () => {
    const probe = await tpm2Signers({ store: memoryStore(), terminal: nobody }).probe({ device: `tbs:${library}` });
    assert.ok(probe.usable);
    assert.equal(probe.residence, "software");
  });

  const codes: readonly (readonly [string, string])[] = [
    ["8028400f", "SIGNER_ABSENT"],
    ["80284008", "SIGNER_ABSENT"],
    ["8028400b", "SIGNER_BUSY"],
    ["80284012", "SIGNER_ABSENT"],
    ["80284001", "SIGNER_FAILED"],
  ];
  for (const [code, expected] of codes) {
    it(`that say 0x${code} are ${expected}`, async () => {
      const address = parseTpmAddress(`tbs:${compile(code)}`) ?? assert.fail();
      await assert.rejects(openTpm(address), (cause) => cause instanceof Fault && cause.code === expected);
    });
  }

  it("that are not on this machine are absent", async () => {
    const address = parseTpmAddress("tbs") ?? assert.fail();
    await assert.rejects(openTpm(address), (cause) => cause instanceof Fault && cause.code === "SIGNER_ABSENT");
  });
});
