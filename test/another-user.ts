import { spawnSync } from "node:child_process";

/** Another user of this machine, which only root can become: `nobody` of Debian. */
export const STRANGER = 65_534;

/** Why a test cannot have another user run Node here; false where it can. */
export function noStranger(): string | false {
  if (process.getuid?.() !== 0) return "only root can become another user";
  const { status } = spawnSync(process.execPath, ["-e", ""], { uid: STRANGER, gid: STRANGER, cwd: "/", env: {} });
  return status === 0 ? false : `another user cannot run ${process.execPath}`;
}
