import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { join, resolve } from "node:path";
import { makeWorld, PROFILE } from "../../test/bench/world.ts";
import type { Chunk } from "./pack.ts";

/**
 * V8's compiled form of the program, beside it: a call by the Node that it was made by needs not compile anything
 * (docs/decisions/0101).
 */

/** Where the runtime of a call looks for what was compiled; any other Node finds nothing there, and compiles. */
const CACHE_NAME = "$" + "{process.versions.v8}-$" + "{process.arch}.cache";

/**
 * Splits the packed program into what npm links and the program itself, of which V8 can be handed the compiled form.
 *
 * V8 itself refuses a form that another V8, or one with other flags, has made. Of the program it compares nothing but the
 * length, so both are named by the program's digest.
 *
 * @throws {Error} if the program holds anything but ASCII, as which it is read.
 */
export function withCodeCache(entry: Chunk): readonly [stub: Chunk, program: Chunk] {
  if (/[^\0-\x7f]/.test(entry.code)) throw new Error(`${entry.path} is not ASCII`);
  const code = `(function(exports,require,module,__filename,__dirname){${entry.code}\n})`;
  const name = `program-${createHash("sha256").update(code).digest("hex").slice(0, 12)}`;
  const stub = [
    `"use strict";`,
    `const{closeSync,fstatSync,openSync,readFileSync,readSync}=require("node:fs"),{Script}=require("node:vm"),program=__dirname+"/${name}";`,
    "let cachedData;",
    `try{const file=openSync(\`\${program}.${CACHE_NAME}\`,0),{size}=fstatSync(file);readSync(file,cachedData=new Uint8Array(size),0,size,0);closeSync(file)}catch{}`,
    `new Script(readFileSync(program+".cjs","utf8"),{filename:program+".cjs",cachedData}).runInThisContext()`,
    "(exports,require,module,__filename,__dirname);\n",
  ];
  return [
    { path: entry.path, code: stub.join("") },
    { path: `${name}.cjs`, code },
  ];
}

/**
 * Has each of these Node programs write its cache into the built program's folder. What is worth being in it is found out by
 * doing it: a cached call, in a world of its own.
 */
export async function writeCodeCaches(stub: string, nodePrograms: readonly string[]): Promise<void> {
  const call = ["credential", "aws", "--profile", PROFILE];
  const world = await makeWorld({ program: [process.execPath, resolve(stub)], guard: "file", runKey: true });
  try {
    world.run(...call);
    for (const node of nodePrograms) {
      const words = [join(import.meta.dirname, "write-code-cache.cjs"), resolve(stub), ...call];
      execFileSync(node, words, { env: world.environment, stdio: ["ignore", "ignore", "inherit"] });
    }
  } finally {
    await world.stop();
  }
}
