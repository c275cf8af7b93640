import { existsSync } from "node:fs";
import { join, relative, resolve } from "node:path";

const TOP = resolve(import.meta.dirname, "..");

/**
 * The words that start a program of the tests, a file whose name ends with `-child.ts`, in Node: translated beside the tests where `npm test` runs them,
 * else through a loader, which takes ten times as long to start.
 */
export function childProgram(file: string): readonly [string, ...string[]] {
  const translations = process.env["BREVET_TEST_BUILD"];
  if (translations === undefined) return [process.execPath, "--import", join(TOP, "node_modules/tsx/dist/loader.mjs"), file];
  const translated = join(translations, relative(TOP, file).replace(/\.ts$/, ".mjs"));
  if (!existsSync(translated)) throw new Error(`${file} is not translated: the name of a child program ends with -child.ts`);
  return [process.execPath, translated];
}
