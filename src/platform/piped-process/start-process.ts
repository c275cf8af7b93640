import { bunProcess } from "./bun-engine.ts";
import type { PipedProcess, PipedProgram } from "./engine.ts";

/** Starts a program between pipes, by what the runtime has for it. */
export async function startProcess(program: PipedProgram): Promise<PipedProcess> {
  // Bun's engine imports nothing, and lies beside this in one piece of the executable: each piece that is loaded costs.
  if ("bun" in process.versions) return bunProcess(program);
  return (await import("./node-engine.ts")).nodeProcess(program);
}
