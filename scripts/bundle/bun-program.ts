import { existsSync } from "node:fs";
import { join } from "node:path";
import { ownTarget } from "./targets.ts";

const MODULES = join(import.meta.dirname, "../../node_modules");

/** Bun as npm installed it: in its own package, or where npm runs install scripts unasked (npm 10), which move it, beside the script. */
export function bunProgram(): string {
  const own = ownTarget();
  const base = own === null ? "" : join(MODULES, own.basePackage, own.baseFile);
  return existsSync(base) ? base : join(MODULES, "bun", "bin", "bun.exe");
}
