import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { after, before, describe, it } from "node:test";
import { BIN } from "../../../scripts/bundle/executable.ts";
import { makeWorld, PROFILE, type World } from "../../bench/world.ts";

/** Bun prints each function that runs for the first time, its own modules among them. */
const PRINTING = { BUN_JSC_dumpGeneratedBytecodes: "1" };
const MODULE = /^((?:node|internal|bun):[\w/.-]+)#/gm;

/** As few as can be: a single stream would load thirty more, which take 2 ms of a call. */
const FILES = ["bun:main", "internal:fs/binding", "internal:shared", "internal:validators", "node:fs", "node:path"];

describe("of Bun's own modules the executable loads only those for files", () => {
  const program = resolve(BIN, "brevet");
  let world: World;
  before(async () => {
    world = await makeWorld({ program: [program], guard: "file", runKey: true });
  });
  after(() => world.stop());

  function loadedBy(...args: readonly string[]): readonly string[] {
    const run = spawnSync(program, args, {
      env: { ...world.environment, ...PRINTING },
      encoding: "utf8",
      maxBuffer: 64 * 1024 * 1024,
    });
    assert.equal(run.status, 0);
    const names = [...(run.stdout + run.stderr).matchAll(MODULE)].map(([, name = ""]) => name);
    return [...new Set(names)].sort();
  }

  for (const [what, flags] of [
    ["fetches credentials", ["--renew"]],
    ["has them in the cache", []],
  ] as const) {
    it(`when it ${what}`, () => {
      assert.deepEqual(loadedBy("credential", "aws", "--profile", PROFILE, ...flags), FILES);
    });
  }

  it("when it opens a person's session, and then one more, for the folder of temporary files", () => {
    const file = join(world.folder, ".config/brevet/config.json");
    const config = JSON.parse(readFileSync(file, "utf8")) as { readonly identities: object };
    const person = { kind: "oidc", issuer: "https://id.example", clientId: "brevet" };
    writeFileSync(file, JSON.stringify({ ...config, identities: { ...config.identities, person } }));
    assert.deepEqual(loadedBy("logout", "person"), [...FILES, "node:os"].sort());
  });
});
