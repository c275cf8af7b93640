import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Plain, Row } from "./report.ts";
import { CREDENTIAL, EXECUTABLE, NODE_PROGRAM, runJobs } from "./run-jobs.ts";
import { makeWorld } from "./world.ts";

/** What a cached credential of a person who signed in at a provider costs, against one of a device. */
export async function signedInRows(runs: string): Promise<{ readonly rows: readonly Row[]; readonly plain: readonly Plain[] }> {
  const device = await makeWorld({ program: EXECUTABLE, guard: "file", runKey: true });
  // In a process of its own, because measuring blocks this one.
  const child = spawn(process.execPath, ["--import", "tsx", "test/bench/signed-in-world.ts"], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  try {
    const { value } = await createInterface({ input: child.stdout })[Symbol.asyncIterator]().next();
    const environment = JSON.parse(value ?? "null") as Readonly<Record<string, string>>;
    device.run(...CREDENTIAL);
    const programs = { executable: EXECUTABLE, Node: NODE_PROGRAM };
    const measured = runJobs(
      runs,
      Object.entries(programs).flatMap(([name, program]) => [
        { name: `oidc ${name}`, command: [...program, "credential", "aws", "--profile", "dev"], environment },
        { name: `device ${name}`, command: [...program, ...CREDENTIAL], environment: device.environment },
      ]),
    );
    const rows = Object.keys(programs).map((name) => ({
      name: `cached, oidc against device: ${name}`,
      subject: measured(`oidc ${name}`),
      baseline: measured(`device ${name}`),
      ratioLimit: 1.25,
    }));
    return { rows, plain: [] };
  } finally {
    child.stdin.end();
    await device.stop();
  }
}
