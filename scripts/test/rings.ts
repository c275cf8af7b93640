import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";

/**
 * A ring of tests that needs something which a machine may lack: a shell, a keychain, another language's SDK.
 * `test/rings.json` lists them.
 */
export interface Ring {
  readonly name: string;
  /** A program on the PATH, `python:MODULE` or `npm:PACKAGE`. */
  readonly needs: readonly string[];
  /** What `.ci/run` installs for it. */
  readonly debianPackages: readonly string[];
  /** The folder of its test files. */
  readonly tests: string;
  /** The command that its tests run under: `["dbus-run-session", "--"]`. */
  readonly under?: readonly string[];
  /** What is proven by nothing else. */
  readonly why: string;
}

/** A ring, and what it lacks here; nothing lacking means that it runs. */
export interface ProbedRing {
  readonly ring: Ring;
  readonly lacks: readonly string[];
}

/** The rings of `test/rings.json`, each asked whether it can run on this machine. */
export function probeRings(): readonly ProbedRing[] {
  const rings = JSON.parse(readFileSync("test/rings.json", "utf8")) as readonly Ring[];
  return rings.map((ring) => ({ ring, lacks: ring.needs.filter((need) => !isHere(need)) }));
}

function isHere(need: string): boolean {
  if (need.startsWith("python:"))
    return spawnSync("python3", ["-c", `import ${need.slice(7)}`], { stdio: "ignore" }).status === 0;
  if (need.startsWith("npm:")) return existsSync(join("node_modules", need.slice(4), "package.json"));
  return (process.env["PATH"] ?? "").split(delimiter).some((folder) => isProgram(join(folder, need)));
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The table that a run begins with: what runs, what does not, and why. */
export function ringTable(rings: readonly ProbedRing[]): string {
  const width = Math.max(...rings.map(({ ring }) => ring.name.length));
  return rings
    .map(({ ring, lacks }) => {
      const verdict = lacks.length === 0 ? "runs   " : "SKIPPED";
      const reason = lacks.length === 0 ? ring.why : `not here: ${lacks.join(", ")}${packagesHint(ring)}`;
      return `  ${verdict} ${ring.name.padEnd(width)}  ${reason}`;
    })
    .join("\n");
}

function packagesHint({ debianPackages }: Ring): string {
  return debianPackages.length === 0 ? "" : ` (Debian: ${debianPackages.join(" ")})`;
}
