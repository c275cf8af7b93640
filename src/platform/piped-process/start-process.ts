import type { PipedProcess, PipedProgram } from "./engine.ts";

/** Starts a program between pipes, by what the runtime has for it. */
export async function startProcess(program: PipedProgram): Promise<PipedProcess> {
  if ("bun" in process.versions) return (await import("./bun-engine.ts")).bunProcess(program);
  return (await import("./node-engine.ts")).nodeProcess(program);
}
