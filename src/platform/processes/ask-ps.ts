import { execFileSync } from "node:child_process";

/**
 * What `ps` prints, without spaces at its ends: what systems without `/proc` tell of processes.
 *
 * @throws where it is not there, has nothing to tell, or does not end.
 * @see POSIX.1-2017, ps
 */
export function askPs(...words: readonly string[]): string {
  const text = execFileSync("ps", words, {
    encoding: "utf8",
    timeout: 5000,
    stdio: ["ignore", "pipe", "ignore"],
    env: { PATH: "/usr/bin:/bin", LC_ALL: "C" },
  });
  return text.trim();
}
