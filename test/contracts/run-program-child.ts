import { Fault } from "../../src/core/fault.ts";
import { runProgram } from "../../src/platform/processes/run-program.ts";

/** Runs programs as signers in whatever runtime it is started, and prints what each answered, or how it failed. */
const LEFT_BEHIND = "(sleep 60 </dev/null 2>/dev/null 3>&- & echo $! >&3) 3>&2";
const KIBIBYTE = "0123456789abcdef".repeat(64);

const CASES: Readonly<Record<string, { readonly script: string; readonly seconds?: number }>> = {
  answers: { script: 'read -r request; echo "heard $request"' },
  "answers 64 kB": { script: `i=0; while [ $i -lt 64 ]; do printf %s ${KIBIBYTE}; i=$((i+1)); done` },
  "answers a byte more": { script: `i=0; while [ $i -lt 64 ]; do printf %s ${KIBIBYTE}; i=$((i+1)); done; printf x` },
  "answers for ever": { script: "exec yes" },
  "answers and fails": { script: "echo answer; exit 7" },
  "is killed": { script: "echo answer; kill -KILL $$" },
  "sleeps too long": { script: "exec sleep 60", seconds: 0.3 },
  // Who is not killed holds the stderr of this program open, for who reads that.
  "waits for one that waits for another": { script: "sh -c 'sleep 60 & wait' & wait", seconds: 0.3 },
  "closes its output and sleeps": { script: "exec sleep 60 >&-", seconds: 0.3 },
  "leaves its output open": { script: LEFT_BEHIND, seconds: 0.3 },
};

async function outcomeOf(command: readonly [string, ...string[]], deadlineSeconds: number): Promise<unknown> {
  try {
    return await runProgram({ command, environment: { PATH: process.env["PATH"] }, deadlineSeconds }, "request\n");
  } catch (cause) {
    if (!(cause instanceof Fault)) throw cause;
    return { code: cause.code, message: cause.message, details: cause.details };
  }
}

const outcomes: Record<string, unknown> = {};
for (const [name, { script, seconds = 20 }] of Object.entries(CASES)) {
  outcomes[name] = await outcomeOf(["/bin/sh", "-c", script], seconds);
}
outcomes["is not there"] = await outcomeOf(["/usr/bin/no-such-program"], 20);
outcomes["is no program"] = await outcomeOf(["/dev/null"], 20);
process.stdout.write(JSON.stringify({ runtime: "bun" in process.versions ? "Bun" : "Node", outcomes }));
