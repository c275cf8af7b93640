import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { after, before, describe, it } from "node:test";
import { BIN } from "../../../scripts/bundle/executable.ts";
import { parseScript } from "../../scripts/parse-script.ts";
import { type Program, programUnderTest } from "../../scripts/program.ts";
import { runScript } from "../../scripts/run-script.ts";
import { type SwTpm, startSwTpm } from "./swtpm.ts";

const executable: Program = { name: "the executable", command: [resolve(BIN, "brevet")] };

describe("from a key in a TPM to AWS credentials", () => {
  let chip: SwTpm;
  let other: SwTpm;
  before(async () => {
    [chip, other] = [await startSwTpm(), await startSwTpm()];
  });
  after(async () => {
    await Promise.all([chip.stop(), other.stop()]);
  });

  for (const program of [programUnderTest(), executable]) {
    it(`by ${program.name}`, async () => {
      const text = readFileSync(join(import.meta.dirname, "device-to-aws.txt"), "utf8");
      assert.ok(text.includes("$TPM"));
      await runScript(parseScript(`env TPM=${chip.device}\nenv OTHER_TPM=${other.device}\n${text}`), program);
    });
  }
});
