import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { findCommand } from "../../src/cli/commands.ts";
import { parseArguments } from "../../src/cli/parse-arguments.ts";

const PACKAGING = join(import.meta.dirname, "../../packaging");
const text = (file: string): string => readFileSync(join(PACKAGING, file), "utf8");

/** The words after the program, of a line as JSON, as YAML's flow or as a shell's. */
function words(line: string): readonly string[] {
  return line
    .replace(/^.*?bin\/brevet"?,?\s*/, "")
    .replace(/[\]'"]/g, "")
    .split(/[\s,]+/)
    .filter((word) => word !== "");
}

const LINES: readonly (readonly [string, RegExp])[] = [
  ["systemd/brevet-server.service", /^ExecStart=.*$/m],
  ["systemd/brevet-server-backup.service", /^ExecStart=.*(?=\$\(date)/m],
  ["container/Containerfile", /^ENTRYPOINT .*$/m],
  ["helm/brevet-server/templates/statefulset.yaml", /command: \[\/usr\/local\/bin\/brevet.*$/m],
  ["helm/brevet-server/templates/NOTES.txt", /(?<=-- )brevet serve.*$/m],
];

describe("what starts the server in a package", () => {
  for (const [file, pattern] of LINES) {
    it(`${file} says what the command takes`, async () => {
      const [line] = pattern.exec(text(file)) ?? [];
      assert.ok(line !== undefined);
      const found = findCommand(words(line.replace(/^brevet /, "/bin/brevet ")));
      assert.ok(found !== null, line);
      const { command } = await found.entry.load();
      parseArguments(command, found.rest);
    });
  }

  it("gives the server longer to stop than it takes for itself", () => {
    const seconds = (file: string, pattern: RegExp): number => Number(pattern.exec(text(file))?.[1]);
    assert.ok(seconds("systemd/brevet-server.service", /TimeoutStopSec=(\d+)/) > 10);
    assert.ok(seconds("helm/brevet-server/templates/statefulset.yaml", /terminationGracePeriodSeconds: (\d+)/) > 15);
  });
});
