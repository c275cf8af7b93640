import assert from "node:assert/strict";
import { test } from "node:test";
import { RUNTIMES, ranIn } from "./both-runtimes.ts";

const failed = (what: string, details = {}): unknown => ({
  code: "SIGNER_FAILED",
  message: `the signer /bin/sh ${what}`,
  details,
});
const absent = (program: string, what: string, reason: string): unknown => ({
  code: "SIGNER_ABSENT",
  message: `the signer ${program} ${what}`,
  details: { command: program, reason },
});

const EXPECTED: Readonly<Record<string, unknown>> = {
  answers: "heard request\n",
  "answers 64 kB": "0123456789abcdef".repeat(64 * 64),
  "answers a byte more": failed("answered more than 64 kB"),
  "answers for ever": failed("answered more than 64 kB"),
  "answers and fails": failed("ended with status 7", { status: 7 }),
  "is killed": failed("ended with signal SIGKILL", { status: "SIGKILL" }),
  "sleeps too long": failed("did not answer within 0.3 seconds"),
  "waits for one that waits for another": failed("did not answer within 0.3 seconds"),
  "closes its output and sleeps": failed("did not answer within 0.3 seconds"),
  "leaves its output open": failed("did not answer within 0.3 seconds"),
  "is not there": absent("/usr/bin/no-such-program", "is not on this machine", "ENOENT"),
  "is no program": absent("/dev/null", "cannot be started (EACCES)", "EACCES"),
};

for (const runtime of RUNTIMES) {
  test(`${runtime}: a program that is run once answers, or fails in one way, and holds nobody`, () => {
    // It would take a minute if any of those that sleep were waited for.
    const { said, stderr } = ranIn(runtime, "run-program-child.ts");
    process.kill(Number(stderr), "SIGKILL");
    assert.deepEqual(said, { runtime, outcomes: EXPECTED });
  });
}
