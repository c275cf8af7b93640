import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, before, describe, it } from "node:test";
import { BIN } from "../../../scripts/bundle/executable.ts";
import { parseScript } from "../../scripts/parse-script.ts";
import { type Program, programUnderTest } from "../../scripts/program.ts";
import { runScript } from "../../scripts/run-script.ts";
import { certificatesOf, type SwTpm, startSwTpm } from "./swtpm.ts";

const executable: Program = { name: "the executable", command: [resolve(BIN, "brevet")] };

describe("the program, with two TPMs of one maker", () => {
  let folder: string;
  let chips: readonly SwTpm[];
  let variables: string;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "brevet-tpm-program-"));
    const maker = { folder: join(folder, "maker") };
    chips = [await startSwTpm(maker), await startSwTpm(maker)];
    const file = join(folder, "maker.pem");
    writeFileSync(file, certificatesOf(maker).join("\n"));
    const [chip, other] = chips.map(({ device }) => device);
    variables = `env TPM=${chip}\nenv OTHER_TPM=${other}\nenv MAKER=${file}\n`;
  });
  after(async () => {
    await Promise.all(chips.map((chip) => chip.stop()));
    rmSync(folder, { recursive: true });
  });

  for (const script of ["device-to-aws.txt", "attestation.txt", "rotate.txt"]) {
    for (const program of [programUnderTest(), executable]) {
      it(`${script}: ${program.name}`, async () => {
        const text = readFileSync(join(import.meta.dirname, script), "utf8");
        assert.ok(text.includes("$TPM"));
        await runScript(parseScript(variables + text), program);
      });
    }
  }
});
