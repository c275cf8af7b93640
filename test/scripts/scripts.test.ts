import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { parseScript } from "./parse-script.ts";
import { programUnderTest } from "./program.ts";
import { runScript } from "./run-script.ts";

const program = programUnderTest();
const scripts = readdirSync(import.meta.dirname).filter((name) => name.endsWith(".txt"));

describe(`scripts against ${program.name}`, { concurrency: 2 }, () => {
  for (const name of scripts) {
    test(name, () => runScript(parseScript(readFileSync(join(import.meta.dirname, name), "utf8")), program));
  }
});

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
