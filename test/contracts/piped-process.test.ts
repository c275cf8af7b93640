import assert from "node:assert/strict";
import { test } from "node:test";
import { RUNTIMES, ranIn } from "./both-runtimes.ts";
import { EXPECTED, type Outcome } from "./piped-process-cases.ts";

for (const runtime of RUNTIMES) {
  test(`${runtime}: a process between pipes is given one text and heard to its end, and may be let go`, () => {
    // It would take a minute if what was let go kept it alive.
    const { said, stderr } = ranIn(runtime, "piped-process-child.ts");
    const { runtime: ran, outcomes } = said as { runtime: string; outcomes: Readonly<Record<string, Outcome>> };
    assert.equal(ran, runtime);
    for (const [name, expected] of Object.entries(EXPECTED)) assert.deepEqual(outcomes[name], expected, name);
    assert.equal(stderr, "touch the key\n");
  });
}
