import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { test } from "node:test";
import { commandSigners } from "../../../src/signers/command/signer.ts";
import { signerContract } from "../../contracts/signer.ts";
import { memoryStore } from "../../contracts/signer-memory-store.ts";
import { parseScript } from "../../scripts/parse-script.ts";
import { programUnderTest } from "../../scripts/program.ts";
import { runScript } from "../../scripts/run-script.ts";

/** The signer that the guide tells people to copy. */
const GUIDE = readFileSync(resolve(import.meta.dirname, "../../../docs/guides/external-signers.md"), "utf8");
const SIGNER = /^```sh\n(#!\/bin\/sh\n[\s\S]*?)^```$/m.exec(GUIDE)?.[1] ?? assert.fail("the guide has no signer");

signerContract("command, asking the program of the guide", async () => {
  const home = mkdtempSync(join(tmpdir(), "guide-signer-"));
  const program = join(home, "openssl-signer");
  writeFileSync(program, SIGNER, { mode: 0o700 });
  const kind = commandSigners({ store: memoryStore(), environment: { PATH: process.env["PATH"] } });
  return {
    open: (identity, generation) => kind.open({ identity, generation, options: { command: [program, join(home, "keys")] } }),
    close: async () => rmSync(home, { recursive: true }),
  };
});

test("a device whose key the program of the guide holds gets credentials", async () => {
  const script = parseScript(readFileSync(join(import.meta.dirname, "chain.txt"), "utf8"));
  const files = [{ path: "openssl-signer", mode: 0o700, content: SIGNER }];
  await runScript({ ...script, files }, programUnderTest());
});
