import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Job } from "./jobs.ts";
import type { Plain, Row } from "./report.ts";
import { CREDENTIAL, EXECUTABLE, NODE_PROGRAM, runJobs } from "./run-jobs.ts";
import type { SignedInMachine } from "./signed-in-world.ts";
import { makeWorld } from "./world.ts";

const PROGRAMS = { executable: EXECUTABLE, Node: NODE_PROGRAM };

/**
 * What credentials cost a person who signed in at a provider, against a device: cached ones, and new ones when the ID token is over.
 * A device's are one exchange; a person's are one request to the provider and one exchange.
 */
export async function signedInRows(runs: string): Promise<{ readonly rows: readonly Row[]; readonly plain: readonly Plain[] }> {
  const device = await makeWorld({ program: EXECUTABLE, guard: "file", runKey: true });
  // In a process of its own, because measuring blocks this one.
  const child = spawn(process.execPath, ["--import", "tsx", "test/bench/signed-in-world.ts"], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  try {
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const said = async (): Promise<string> => (await lines.next()).value ?? "null";
    const machine = JSON.parse(await said()) as SignedInMachine;
    device.run(...CREDENTIAL);
    const asPerson = { environment: machine.environment, command: ["credential", "aws", "--profile", "dev"] };
    const cached = runJobs(runs, [
      ...jobsOf("oidc", asPerson),
      ...jobsOf("device", { environment: device.environment, command: CREDENTIAL }),
    ]);
    const renewing = runJobs(runs, [
      ...jobsOf("oidc", {
        ...asPerson,
        emptied: machine.credentials,
        restored: { folder: machine.sessions, from: machine.agedSessions },
      }),
      ...jobsOf("device", { environment: device.environment, command: CREDENTIAL, emptied: device.credentialsFolder }),
    ]);
    child.stdin.write("?\n");
    const renewals = Number(await said());
    if (renewals < Number(runs)) throw new Error(`the session was renewed ${renewals} times in ${runs} runs`);
    const compare = (name: string, measured: typeof cached, ratioLimit: number | null): readonly Row[] =>
      Object.keys(PROGRAMS).map((program) => ({
        name: `${name}: ${program}`,
        subject: measured(`oidc ${program}`),
        baseline: measured(`device ${program}`),
        ratioLimit,
      }));
    return {
      rows: [
        ...compare("cached, oidc against device", cached, 1.25),
        ...compare("renewal and exchange, against an exchange", renewing, null),
      ],
      plain: [],
    };
  } finally {
    child.stdin.end();
    await device.stop();
  }
}

/** The same call by each program. */
function jobsOf(name: string, { command, ...job }: Omit<Job, "name">): readonly Job[] {
  return Object.entries(PROGRAMS).map(([program, words]) => ({
    ...job,
    name: `${name} ${program}`,
    command: [...words, ...command],
  }));
}
