import { homedir } from "node:os";
import { join } from "node:path";

/**
 * Where the rings keep what they need and no package manager of the system gives: outside the clone, so that the next clone
 * finds it. `BREVET_RING_TOOLS` names another place.
 */
export function ringTools(): string {
  return (
    process.env["BREVET_RING_TOOLS"] ?? join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "brevet-ring-tools")
  );
}

/** The programs of the Python environment that `npm run rings` makes: `moto_server`, `cfn-lint`, `python`. */
export function pythonTools(): string {
  return join(ringTools(), "python", "bin");
}

/** The programs of the npm packages that `npm run rings` installs apart from ours: `azurite-blob`. */
export function npmTools(): string {
  return join(ringTools(), "npm", "node_modules", ".bin");
}

/** Where `npm run rings` unpacks a Maven artifact, `GROUP:ARTIFACT:VERSION:TYPE`. */
export function mavenTool(artifact: string): string {
  const [, name, version] = artifact.split(":");
  return join(ringTools(), "maven", `${name}-${version}`);
}
