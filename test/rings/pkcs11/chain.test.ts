import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { parseScript } from "../../scripts/parse-script.ts";
import { programUnderTest } from "../../scripts/program.ts";
import { runScript } from "../../scripts/run-script.ts";
import { SOFTHSM } from "./soft-token.ts";

test("a device whose key is on a token gets credentials", async () => {
  const text = readFileSync(join(import.meta.dirname, "chain.txt"), "utf8");
  await runScript(parseScript(`env MODULE=${SOFTHSM}\n${text}`), programUnderTest());
});
