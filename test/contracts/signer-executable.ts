import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, before, describe, it } from "node:test";
import { promisify } from "node:util";
import { BIN, compileExecutable } from "../../scripts/bundle/executable.ts";
import { executableName, ownTarget } from "../../scripts/bundle/targets.ts";
import { signerCases } from "./signer-cases.ts";
import type { SignerJob } from "./signer-runner.ts";

const target = ownTarget();

/** brevet's own executable for this machine. */
export const EXECUTABLE = resolve(BIN, target === null ? "" : executableName(target));

/**
 * The contract of a signer with the code of the signers compiled as in brevet's executable: another runtime has another
 * crypto, other streams, other processes.
 *
 * @param job is asked for once, when it runs.
 */
export function signerContractInExecutable(name: string, job: () => SignerJob): void {
  describe(`signer contract in the executable: ${name}`, () => {
    const answers = new Map<string, string | null>();
    const folder = mkdtempSync(join(tmpdir(), "signer-runner-"));
    before(async () => {
      assert.ok(target, "there is an executable for this platform");
      const runner = join(folder, "signer-runner");
      const metafile = join(folder, "metafile.json");
      compileExecutable("test/contracts/signer-runner.ts", target, { outfile: runner, metafile, bytecodeOrder: [] });
      const { stdout } = await promisify(execFile)(runner, [JSON.stringify(job())], { maxBuffer: 10_000_000 });
      for (const line of stdout.trim().split("\n")) {
        const { title, problem } = JSON.parse(line);
        answers.set(title, problem);
      }
    });
    after(() => rmSync(folder, { recursive: true }));
    for (const { title } of signerCases()) {
      it(title, () => assert.equal(answers.get(title), null, answers.get(title) ?? "the case did not run"));
    }
  });
}
