import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { EXPECTED, type Outcome } from "./piped-process-cases.ts";

const path = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

const RUNTIMES: Readonly<Record<string, readonly [string, ...string[]]>> = {
  Bun: [path("../../node_modules/.bin/bun")],
  Node: [process.execPath, "--import", "tsx"],
};

for (const [runtime, [program, ...args]] of Object.entries(RUNTIMES)) {
  test(`${runtime}: a process between pipes is given one text and heard to its end, and may be let go`, () => {
    // It would take a minute if what was let go kept it alive.
    const limits = { encoding: "utf8", timeout: 30_000, maxBuffer: 64 * 1024 * 1024 } as const;
    const said = execFileSync(program, [...args, path("piped-process-child.ts")], limits);
    const { runtime: ran, outcomes } = JSON.parse(said) as { runtime: string; outcomes: Readonly<Record<string, Outcome>> };
    assert.equal(ran, runtime);
    for (const [name, expected] of Object.entries(EXPECTED)) assert.deepEqual(outcomes[name], expected, name);
  });
}
