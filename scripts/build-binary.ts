import { copyFileSync, renameSync, statSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { recordBytecodeOrder } from "./bundle/bytecode-order.ts";
import { BIN, buildExecutable } from "./bundle/executable.ts";
import { ENTRY } from "./bundle/node-bundle.ts";
import { ownTarget, TARGETS, type Target } from "./bundle/targets.ts";

/** `npm run build:binary [-- --target NAME… | --all]`: the standalone executables, in `build/bin/`; this platform's by default. */
const { values } = parseArgs({ options: { target: { type: "string", multiple: true }, all: { type: "boolean" } } });

function chosenTargets(): readonly Target[] {
  if (values.all) return TARGETS;
  if (values.target === undefined) {
    const own = ownTarget();
    if (own === null) throw new Error(`there is no target for ${process.platform}-${process.arch}`);
    return [own];
  }
  return values.target.map((name) => {
    const target = TARGETS.find((candidate) => candidate.name === name);
    if (target === undefined)
      throw new Error(`there is no target ${name}: choose from ${TARGETS.map((each) => each.name).join(", ")}`);
    return target;
  });
}

/** By renaming: a program that runs cannot be written to. */
function putInPlace(from: string, to: string): void {
  copyFileSync(from, `${to}.new`);
  renameSync(`${to}.new`, to);
}

/** By calls of an executable without any order; none where this platform has no executable. */
async function bytecodeOrder(): Promise<readonly string[]> {
  const own = ownTarget();
  return own === null ? [] : recordBytecodeOrder(buildExecutable(ENTRY, own, []));
}

const targets = chosenTargets();
console.log(`${BIN}: building, twice for this platform: the first one records which functions a call runs`);
const order = await bytecodeOrder();
for (const target of targets) {
  const started = performance.now();
  const outfile = buildExecutable(ENTRY, target, order);
  if (target === ownTarget()) putInPlace(outfile, join(BIN, process.platform === "win32" ? "brevet.exe" : "brevet"));
  const megabytes = (statSync(outfile).size / 1e6).toFixed(0);
  console.log(`${outfile}: ${megabytes} MB, in ${((performance.now() - started) / 1000).toFixed(1)} s`);
}
