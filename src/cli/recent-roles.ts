import { join } from "node:path";
import { Fault } from "../core/fault.ts";
import type { Paths } from "../platform/paths.ts";
import { privateFiles } from "../platform/private-files.ts";

const MOST = 50;

/** The roles that were picked last, the latest first; names of roles are no secret, and a list that cannot be read is empty. */
export function recentRoles(paths: Paths): readonly string[] {
  try {
    const value: unknown = JSON.parse(Buffer.from(privateFiles().read(fileOf(paths)) ?? "").toString("utf8"));
    return Array.isArray(value) ? value.filter((item): item is string => typeof item === "string") : [];
  } catch {
    return [];
  }
}

/** Remembers a picked role. That it could not be remembered stops nobody. */
export function rememberRole(paths: Paths, role: string): void {
  const list = [role, ...recentRoles(paths).filter((other) => other !== role)].slice(0, MOST);
  try {
    privateFiles().replace(fileOf(paths), Buffer.from(JSON.stringify(list)), "passing");
  } catch (cause) {
    if (!(cause instanceof Fault)) throw cause;
  }
}

/** The latest first, the others in the order that they had. */
export function byRecency(roles: readonly string[], recent: readonly string[]): readonly string[] {
  const rank = (role: string): number => (recent.includes(role) ? recent.indexOf(role) : recent.length);
  return [...roles].sort((a, b) => rank(a) - rank(b));
}

function fileOf({ stateFolder }: Paths): string {
  return join(stateFolder, "recent-roles.json");
}
