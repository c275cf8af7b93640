import { spawnSync } from "node:child_process";

/**
 * `npm run check`: every gate, cheapest first, up to the first one that fails. The tests come last but one because the
 * reach test needs a built program.
 */
interface Gate {
  readonly name: string;
  readonly command: readonly string[];
}

const tsx = [process.execPath, "--import", "tsx"];

const GATES: readonly Gate[] = [
  { name: "format and lint", command: ["node_modules/.bin/biome", "check", "--error-on-warnings", "."] },
  { name: "types", command: ["node_modules/.bin/tsc", "-p", "."] },
  { name: "architecture", command: [...tsx, "--test", "test/architecture.test.ts"] },
  { name: "dead code", command: ["node_modules/.bin/knip"] },
  { name: "generated documents", command: [...tsx, "scripts/docs.ts", "--check"] },
  { name: "tests and bundle reach", command: [...tsx, "scripts/test.ts"] },
  { name: "package", command: ["node_modules/.bin/publint", "--strict"] },
];

const passed: string[] = [];
for (const { name, command } of GATES) {
  const started = performance.now();
  console.log(`\n── ${name}: ${command.join(" ").replace(process.execPath, "node")}`);
  const [program, ...args] = command;
  const { status } = spawnSync(program ?? "", args, { stdio: ["ignore", "inherit", "inherit"] });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  if (status !== 0) {
    const left = GATES.slice(passed.length + 1).map((gate) => gate.name);
    console.error(
      `\nnpm run check: FAILED at "${name}" after ${seconds} s; passed: ${passed.join(", ") || "nothing"}; not run: ${left.join(", ") || "nothing"}`,
    );
    process.exit(1);
  }
  passed.push(`${name} (${seconds} s)`);
}
console.log(`\nnpm run check: all gates passed: ${passed.join(", ")}`);
