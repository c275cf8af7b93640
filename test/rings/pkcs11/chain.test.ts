import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { parseScript } from "../../scripts/parse-script.ts";
import { programUnderTest } from "../../scripts/program.ts";
import { runScript } from "../../scripts/run-script.ts";
import { SOFTHSM } from "./soft-token.ts";

for (const script of ["chain.txt", "attestation.txt"]) {
  test(`${script}, with a token of SoftHSM`, async () => {
    const text = readFileSync(join(import.meta.dirname, script), "utf8");
    await runScript(parseScript(`env MODULE=${SOFTHSM}\n${text}`), programUnderTest());
  });
}
