import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";

const UNITS = join(import.meta.dirname, "../../../packaging/systemd");
let folder: string;
before(() => {
  folder = mkdtempSync(join(tmpdir(), "brevet-units-"));
  for (const name of readdirSync(UNITS).filter((each) => /\.(service|timer)$/.test(each))) {
    // systemd looks whether the program is there, which it is not on the machine of a test.
    writeFileSync(join(folder, name), readFileSync(join(UNITS, name), "utf8").replaceAll("/usr/local/bin/brevet", "/bin/true"));
  }
});
after(() => rmSync(folder, { recursive: true, force: true }));

describe("the units for systemd", () => {
  it("are understood by systemd without a word", () => {
    const paths = readdirSync(folder).map((name) => join(folder, name));
    assert.equal(paths.length, 3);
    const words = ["verify", "--recursive-errors=no", ...paths];
    const { status, stderr } = spawnSync("systemd-analyze", words, { encoding: "utf8" });
    // Of units that ours are ordered after, it tells too what is wrong with them on this machine.
    const ofOurs = stderr.split("\n").filter((line) => line.includes("brevet"));
    assert.deepEqual({ status, ofOurs }, { status: 0, ofOurs: [] });
  });

  it("leave little of the machine to the server", () => {
    for (const unit of ["brevet-server.service", "brevet-server-backup.service"]) {
      const words = ["security", "--offline=yes", "--no-pager", "--threshold=20", join(folder, unit)];
      const report = execFileSync("systemd-analyze", words, { encoding: "utf8" });
      assert.match(report, /Overall exposure level/);
    }
  });
});
