import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { mavenTool, ringTools } from "./test/ring-tools.ts";
import { probeRings } from "./test/rings.ts";

/**
 * `npm run rings`: the environments of the rings, of Python and of npm, each made anew when what they ask for has changed, and the
 * Maven artifacts that they ask for, unpacked. It takes minutes the first time; what Debian has is not installed by this.
 */
makeEnvironment("python", wanted("pythonPackages"), (folder, packages) => {
  run("python3", ["-m", "venv", folder]);
  run(join(folder, "bin", "python"), ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", ...packages]);
});

makeEnvironment("npm", wanted("npmPackages"), (folder, packages) => {
  mkdirSync(folder);
  writeFileSync(join(folder, "package.json"), "{}\n");
  // No script of theirs is run: a server in plain JavaScript needs none. By force: the Node for Windows that Wine runs is for another system.
  const options = ["--force", "--ignore-scripts", "--omit=optional", "--no-audit", "--no-fund", "--silent"];
  run("npm", ["install", ...options, ...packages], folder);
});

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

function wanted(kind: "pythonPackages" | "npmPackages"): readonly string[] {
  return [...new Set(probeRings().flatMap(({ ring }) => ring[kind] ?? []))].sort();
}

function makeEnvironment(
  name: string,
  packages: readonly string[],
  make: (folder: string, packages: readonly string[]) => void,
): void {
  const environment = join(ringTools(), name);
  const listed = join(environment, "brevet-packages.txt");
  const list = `${packages.join("\n")}\n`;
  if (existsSync(listed) && readFileSync(listed, "utf8") === list) {
    console.log(`what the rings need of ${name} is there: ${environment}`);
    return;
  }
  if (packages.length === 0) return;
  console.log(`making ${environment} with ${packages.join(", ")}`);
  rmSync(environment, { recursive: true, force: true });
  mkdirSync(ringTools(), { recursive: true });
  make(environment, packages);
  writeFileSync(listed, list);
}

function run(program: string, args: readonly string[], cwd = process.cwd()): void {
  const { status } = spawnSync(program, args, { stdio: "inherit", cwd });
  if (status !== 0) process.exit(1);
}
