import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import type { Clock } from "../core/time.ts";
import { systemClock } from "./clock.ts";

const root = mkdtempSync(join(tmpdir(), "brevet-clock-"));
after(() => rmSync(root, { recursive: true, force: true }));

let folders = 0;
const stateFolder = (): string => join(root, `${++folders}`, "state");

/** Its second is one of those that pass while it is asked. */
function assertNow(clock: Clock, offset: number): void {
  const before = Math.floor(Date.now() / 1000) + offset;
  const now = clock.now();
  assert.ok(Number.isInteger(now) && before <= now && now <= Math.floor(Date.now() / 1000) + offset, `${now}`);
}

describe("the clock", () => {
  test("is the system's until something else is learnt", () => {
    const clock = systemClock({ stateFolder: stateFolder() });
    assert.equal(clock.offsetSeconds, 0);
    assertNow(clock, 0);
  });

  test("remembers what it learnt, for this process and for later ones, in a file of the user alone", () => {
    const folder = stateFolder();
    const clock = systemClock({ stateFolder: folder });
    clock.learn(-600);
    assert.equal(clock.offsetSeconds, -600);
    assertNow(clock, -600);
    assert.equal(systemClock({ stateFolder: folder }).offsetSeconds, -600);
    assert.deepEqual(readdirSync(folder), ["clock-offset"]);
    assert.equal(statSync(join(folder, "clock-offset")).mode & 0o777, 0o600);
  });

  test("takes a few seconds for the jitter of a network, and forgets what is over", () => {
    const folder = stateFolder();
    systemClock({ stateFolder: folder }).learn(600);
    systemClock({ stateFolder: folder }).learn(4);
    assert.equal(systemClock({ stateFolder: folder }).offsetSeconds, 0);
    assert.deepEqual(readdirSync(folder), []);
  });

  test("is the system's when the file says nothing that is a number", () => {
    for (const text of ["", "x", "1e999", "0.5", "\u0000"]) {
      const folder = stateFolder();
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, "clock-offset"), text);
      assert.equal(systemClock({ stateFolder: folder }).offsetSeconds, 0, text);
    }
  });

  test("works for this process when nothing can be kept", () => {
    const folder = stateFolder();
    mkdirSync(join(folder, ".."), { recursive: true });
    writeFileSync(folder, "a file where the folder should be");
    const clock = systemClock({ stateFolder: folder });
    clock.learn(600);
    assert.equal(clock.offsetSeconds, 600);
  });
});
