import { existsSync } from "node:fs";
import { join, resolve } from "node:path";

const TOP = resolve(import.meta.dirname, "../..");

/** A way to run brevet: the words that its own arguments follow. */
export interface Program {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
}

/**
 * What is tested: `BREVET_PROGRAM` is `source`, `dist` or the path of an executable; unset, it is the Node build, and
 * the source where nothing was built.
 */
export function programUnderTest(): Program {
  const built = join(TOP, "dist/brevet.cjs");
  const chosen = process.env["BREVET_PROGRAM"] || (existsSync(built) ? "dist" : "source");
  if (chosen === "dist") return { name: "the Node build", command: [process.execPath, built] };
  if (chosen === "source") {
    const loader = join(TOP, "node_modules/tsx/dist/loader.mjs");
    return { name: "the source", command: [process.execPath, "--import", loader, join(TOP, "src/cli/main.ts")] };
  }
  if (!existsSync(chosen)) throw new Error(`BREVET_PROGRAM=${chosen}: there is no such program`);
  return { name: chosen, command: [resolve(chosen)] };
}
