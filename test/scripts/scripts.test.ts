import assert from "node:assert/strict";
import { test } from "node:test";
import { describeScripts } from "./describe-scripts.ts";
import { parseScript } from "./parse-script.ts";
import { programUnderTest } from "./program.ts";
import { runScript } from "./run-script.ts";

const program = programUnderTest();
describeScripts(program);

test("a script that expects something else fails", async () => {
  const lies = [
    "$ brevet --version\n1> brevet 0.0.0\n",
    "$ brevet --version\n",
    "$ brevet --version\n1> brevet {{.*}}\n? 1\n",
    "$ brevet stauts\n? 2\n",
    "$ brevet --version\n1> ...\n2> something\n",
  ];
  for (const lie of lies) await assert.rejects(runScript(parseScript(lie), program), { code: "ERR_ASSERTION" });
  await assert.rejects(async () => runScript(parseScript("brevet --version\n"), program), /line 1/);
});
