import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { mavenTool, ringTools } from "./test/ring-tools.ts";
import { probeRings } from "./test/rings.ts";

/**
 * `npm run rings`: the Python environment of the rings, made anew when what they ask for has changed, and the Maven artifacts that
 * they ask for, unpacked. It takes minutes the first time; what Debian has is not installed by this.
 */
const wanted = [...new Set(probeRings().flatMap(({ ring }) => ring.pythonPackages ?? []))].sort();
const environment = join(ringTools(), "python");
const listed = join(environment, "brevet-packages.txt");
const list = `${wanted.join("\n")}\n`;

if (existsSync(listed) && readFileSync(listed, "utf8") === list) {
  console.log(`the Python environment of the rings is there: ${environment}`);
} else if (wanted.length > 0) {
  console.log(`making ${environment} with ${wanted.join(", ")}`);
  rmSync(environment, { recursive: true, force: true });
  mkdirSync(ringTools(), { recursive: true });
  run("python3", ["-m", "venv", environment]);
  run(join(environment, "bin", "python"), ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", ...wanted]);
  writeFileSync(listed, list);
}

for (const artifact of new Set(probeRings().flatMap(({ ring }) => ring.mavenArtifacts ?? []))) {
  const folder = mavenTool(artifact);
  if (existsSync(folder)) {
    console.log(`${artifact} is there: ${folder}`);
    continue;
  }
  console.log(`unpacking ${artifact} into ${folder}`);
  const half = `${folder}.part`;
  rmSync(half, { recursive: true, force: true });
  mkdirSync(half, { recursive: true });
  // Outside a project Maven leaves its markers in a folder of the working directory.
  run("mvn", ["-q", "-B", "dependency:unpack", `-Dartifact=${artifact}`, "-DoutputDirectory=unpacked"], half);
  renameSync(join(half, "unpacked"), folder);
  rmSync(half, { recursive: true, force: true });
}

function run(program: string, args: readonly string[], cwd = process.cwd()): void {
  const { status } = spawnSync(program, args, { stdio: "inherit", cwd });
  if (status !== 0) process.exit(1);
}
