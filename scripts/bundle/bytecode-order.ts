import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { resolve } from "node:path";
import { makeWorld, PROFILE } from "../../test/bench/world.ts";

/**
 * Where the bytecode of a call lies in the executable: together, so that a call touches few pages of it (docs/decisions/0180).
 */

const FOLDER = "build/bytecode-order";

/**
 * Has an executable write down which functions a cached and a fetching call run, and in which order, in a world of its own.
 * Functions are known by their text, so what one platform has recorded counts for all.
 *
 * @returns the files for `--bytecode-order`, the most important one first.
 */
export async function recordBytecodeOrder(executable: string): Promise<readonly string[]> {
  const program = resolve(executable);
  const world = await makeWorld({ program: [program], guard: "file", runKey: true });
  const record = (name: string): string => {
    const file = resolve(FOLDER, name);
    const env = { ...world.environment, BUN_BYTECODE_ORDER_OUT: file };
    execFileSync(program, ["credential", "aws", "--profile", PROFILE], { env, stdio: ["ignore", "ignore", "inherit"] });
    return file;
  };
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(FOLDER, { recursive: true });
  try {
    const fetching = record("fetching");
    return [record("cached"), fetching];
  } finally {
    await world.stop();
  }
}
