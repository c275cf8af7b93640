import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { isProgram } from "../../src/platform/processes/is-program.ts";
import { mavenTool, npmTools, pythonTools } from "./ring-tools.ts";

/**
 * A ring of tests that needs something which a machine may lack: a shell, a keychain, another language's SDK.
 * `test/rings.json` lists them.
 */
export interface Ring {
  readonly name: string;
  /** A program on the PATH, `/a/file`, `python:MODULE`, `npm:PACKAGE`, `tool:PROGRAM` of {@link pythonTools} or {@link npmTools}, `package:PACKAGE` beside the latter. */
  readonly needs: readonly string[];
  /** What `.ci/run` installs for it. */
  readonly debianPackages: readonly string[];
  /** What `.ci/run` puts into the Python environment of the rings: `moto[server]==5.2.1`. */
  readonly pythonPackages?: readonly string[];
  /** Servers and clients that our own tree has no need of, which `npm run rings` installs apart: `azurite@3.34.0`. */
  readonly npmPackages?: readonly string[];
  /** What `npm run rings` fetches from Maven and unpacks: `org.keycloak:keycloak-quarkus-dist:26.7.3:zip`. */
  readonly mavenArtifacts?: readonly string[];
  /** The targets whose executables it runs, besides this platform's. */
  readonly executables?: readonly string[];
  /** How long it takes, for a ring that is too long for every run: it runs where it is required, or its folder was typed. */
  readonly onlyWhenAsked?: string;
  /** The folder of its test files. */
  readonly tests: string;
  /** The command that its tests run under: `["dbus-run-session", "--"]`. */
  readonly under?: readonly string[];
  /** What is proven by nothing else. */
  readonly why: string;
}

/** A ring, and what it lacks here. */
export interface ProbedRing {
  readonly ring: Ring;
  readonly lacks: readonly string[];
  /** Whether this run wants it. */
  readonly asked: boolean;
  /** Whether it runs: it is asked for and lacks nothing. */
  readonly runs: boolean;
}

/**
 * The rings of `test/rings.json`, each asked whether it can run on this machine.
 *
 * @param wanted words of which a path of the run's test files holds one; none: all of them.
 * @param required whether every ring has to run.
 */
export function probeRings(wanted: readonly string[] = [], required = false): readonly ProbedRing[] {
  const rings = JSON.parse(readFileSync("test/rings.json", "utf8")) as readonly Ring[];
  return rings.map((ring) => {
    const unfetched = (ring.mavenArtifacts ?? []).filter((artifact) => !existsSync(mavenTool(artifact)));
    const lacks = [...ring.needs.filter((need) => !isHere(need)), ...unfetched];
    const asked = required || ring.onlyWhenAsked === undefined || wanted.some((word) => word.includes(ring.tests));
    return { ring, lacks, asked, runs: asked && lacks.length === 0 };
  });
}

function isHere(need: string): boolean {
  if (need.startsWith("/")) return existsSync(need);
  if (need.startsWith("python:"))
    return spawnSync("python3", ["-c", `import ${need.slice(7)}`], { stdio: "ignore" }).status === 0;
  if (need.startsWith("npm:")) return existsSync(join("node_modules", need.slice(4), "package.json"));
  if (need.startsWith("package:")) return existsSync(join(npmTools(), "..", need.slice(8), "package.json"));
  if (need.startsWith("tool:")) return [pythonTools(), npmTools()].some((folder) => isProgram(join(folder, need.slice(5))));
  return (process.env["PATH"] ?? "").split(delimiter).some((folder) => isProgram(join(folder, need)));
}

/** The table that a run begins with: what runs, what does not, and why. */
export function ringTable(rings: readonly ProbedRing[]): string {
  const width = Math.max(...rings.map(({ ring }) => ring.name.length));
  return rings
    .map((probed) => {
      const { ring, runs } = probed;
      const verdict = runs ? "runs   " : "SKIPPED";
      return `  ${verdict} ${ring.name.padEnd(width)}  ${runs ? ring.why : whyNot(probed)}`;
    })
    .join("\n");
}

/** Why a ring does not run, and what makes it. */
export function whyNot({ ring, lacks, asked }: ProbedRing): string {
  if (!asked) return `takes ${ring.onlyWhenAsked}; asked for by: npm test -- ${ring.tests}`;
  return `not here: ${lacks.join(", ")}${packagesHint(ring)}`;
}

function packagesHint({ debianPackages, pythonPackages = [], npmPackages = [], mavenArtifacts = [] }: Ring): string {
  const sources = [
    ...(debianPackages.length === 0 ? [] : [`Debian: ${debianPackages.join(" ")}`]),
    ...(pythonPackages.length === 0 ? [] : [`Python: ${pythonPackages.join(" ")}, by npm run rings`]),
    ...(npmPackages.length === 0 ? [] : [`npm: ${npmPackages.join(" ")}, by npm run rings`]),
    ...(mavenArtifacts.length === 0 ? [] : [`Maven: ${mavenArtifacts.join(" ")}, by npm run rings`]),
  ];
  return sources.length === 0 ? "" : ` (${sources.join("; ")})`;
}
