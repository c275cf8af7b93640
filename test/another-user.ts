import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";

/** Another user of this machine, which only root can become: `nobody` of Debian. */
export const STRANGER = 65_534;

/** Why a test cannot have another user run Node here; false where it can. */
export function noStranger(): string | false {
  if (process.getuid?.() !== 0) return "only root can become another user";
  const { status } = spawnSync(process.execPath, ["-e", ""], { uid: STRANGER, gid: STRANGER, cwd: "/", env: {} });
  return status === 0 ? false : `another user cannot run ${process.execPath}`;
}

/** What another user is answered who asks an address: status, `location`, body. */
export async function askAsStranger(url: string): Promise<string> {
  const ask = `fetch(${JSON.stringify(url)}, { redirect: "manual" }).then(async (answer) => {
    console.log(answer.status, answer.headers.get("location"), await answer.text());
  })`;
  const child = spawn(process.execPath, ["-e", ask], { uid: STRANGER, gid: STRANGER, cwd: "/", env: {} });
  const [told] = await Promise.all([child.stdout.setEncoding("utf8").toArray(), once(child, "exit")]);
  return told.join("");
}
