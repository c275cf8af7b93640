import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { bunProgram } from "../../scripts/bundle/bun-program.ts";
import { childProgram } from "../child-program.ts";

const path = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** The runtimes that brevet runs in: the executable's, and that of the package. */
export const RUNTIMES = ["Bun", "Node"] as const;

/** The words that start a script of this folder in one of them. */
export function programIn(runtime: (typeof RUNTIMES)[number], script: string): readonly [string, ...string[]] {
  return runtime === "Bun" ? [bunProgram(), path(script)] : childProgram(path(script));
}

/**
 * What a script of this folder wrote in one of them, within half a minute and by its end with status 0; its stdout is JSON. Whoever it
 * leaves behind with its output open is waited for.
 */
export function ranIn(runtime: (typeof RUNTIMES)[number], script: string): { readonly said: unknown; readonly stderr: string } {
  const [program, ...args] = programIn(runtime, script);
  const limits = { encoding: "utf8", timeout: 120_000, maxBuffer: 64 * 1024 * 1024 } as const;
  const { error, status, signal, stdout, stderr } = spawnSync(program, args, limits);
  assert.deepEqual({ error, status, signal }, { error: undefined, status: 0, signal: null }, stderr);
  return { said: JSON.parse(stdout) as unknown, stderr };
}
