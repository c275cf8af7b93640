import { bunProcess } from "./bun-engine.ts";
import type { PipedProcess, PipedProgram } from "./engine.ts";

/** Starts a program between pipes, by what the runtime has for it. */
export async function startProcess(program: PipedProgram): Promise<PipedProcess> {
  // Bun's engine imports nothing, and is bundled with this file: each further piece that the executable loads costs time.
  if ("bun" in process.versions) return bunProcess(program);
  return (await import("./node-engine.ts")).nodeProcess(program);
}
