import type { Row } from "./report.ts";
import { baseline, CREDENTIAL, EMPTY_NODE, EXECUTABLE, NODE_PROGRAM, runJobs } from "./run-jobs.ts";

/** A cached call in a world, against an empty process of the same runtime. @param guard what the call gets its key from. */
export function cachedRows(runs: string, guard: string, environment: Readonly<Record<string, string>>): readonly Row[] {
  const measured = runJobs(runs, [
    { name: "empty executable", command: [baseline("empty")], environment },
    { name: "executable", command: [...EXECUTABLE, ...CREDENTIAL], environment },
    { name: "empty Node", command: EMPTY_NODE, environment },
    { name: "Node", command: [...NODE_PROGRAM, ...CREDENTIAL], environment },
  ]);
  return [
    {
      name: `cached, ${guard}: executable`,
      subject: measured("executable"),
      baseline: measured("empty executable"),
      ratioLimit: 2,
      residentLimitMb: 35,
    },
    { name: `cached, ${guard}: Node`, subject: measured("Node"), baseline: measured("empty Node"), ratioLimit: 1.3 },
  ];
}
