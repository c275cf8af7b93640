import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { describe, it } from "node:test";
import { unshareWith } from "../flows/store-processes.ts";
import { type BrevetHome, inBrevetHome } from "./brevet-home.ts";
import { programUnderTest } from "./program.ts";

/** Root may write where modes forbid it, so the disk is a real one, mounted where only the program sees it. */
function doctorOn(home: BrevetHome, under: readonly string[], mount: string): string {
  const program = programUnderTest()
    .command.map((word) => `'${word}'`)
    .join(" ");
  const [file = "", ...args] = [...under, "sh", "-c", `${mount}\n${program} doctor --offline`];
  return spawnSync(file, args, { env: home.environment, encoding: "utf8" }).stdout;
}

describe("doctor", () => {
  for (const [name, mount, says] of [
    [
      "a full disk",
      'mount -t tmpfs -o size=64k,mode=700 brevet "$HOME/.config"; dd if=/dev/zero of="$HOME/.config/filler" bs=1k 2>/dev/null',
      /^failed +folders - \S+\/\.config\/brevet cannot be written: the disk is full\n +make room \S+.*\S+\/\.config(?:\/brevet)?`/m,
    ],
    [
      "a file where a folder belongs",
      'rm -rf "$HOME/.cache"; echo >"$HOME/.cache"',
      /^failed +folders - \S+\/\.cache\/brevet cannot be written: a file is where a folder belongs\n.*`ls -ld \S+\/\.cache`/m,
    ],
    [
      "a read-only home",
      'mount --bind "$HOME" "$HOME"; mount -o remount,bind,ro "$HOME"',
      /^failed +folders - \S+ cannot be written: the file system is read-only$/m,
    ],
  ] as const) {
    it(`tells of ${name}`, async (context) => {
      const under = unshareWith(["--mount"]);
      if (typeof under === "string") return context.skip(under);
      await inBrevetHome((home) => {
        assert.match(doctorOn(home, under, ":"), /^ok +folders - /m);
        assert.match(doctorOn(home, under, mount), says);
      });
    });
  }
});
