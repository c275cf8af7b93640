import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, test } from "node:test";
import type { BearerCredentials } from "../../core/credentials.ts";
import { Fault } from "../../core/fault.ts";
import { Secret } from "../../core/secret.ts";
import { privateFiles } from "../../platform/private-files.ts";
import { keepToken } from "./kept-token.ts";
import { openRunFiles } from "./run-files.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "brevet-kept-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const NOW = 1_800_000_000;

/** A kept token whose time the test turns; each token says which it is. */
async function keep() {
  const state = {
    now: NOW,
    issued: 0,
    fails: false,
    timers: [] as { seconds: number; work: () => void }[],
    warnings: [] as string[],
  };
  const files = openRunFiles(folder, privateFiles());
  const stop = await keepToken({
    files,
    clock: { now: () => state.now },
    warn: (line) => state.warnings.push(line),
    after(milliseconds, work) {
      const timer = { seconds: milliseconds / 1000, work };
      state.timers.push(timer);
      return () => state.timers.splice(state.timers.indexOf(timer), 1);
    },
    async token(): Promise<BearerCredentials> {
      if (state.fails) throw new Fault("SIGNER_ABSENT", "the key is gone");
      state.issued += 1;
      const token = new Secret("token", `token-${state.issued}`);
      return { kind: "bearer", token, audience: "a", issuedAt: state.now, expiresAt: state.now + 300 };
    },
  });
  const kept = {
    file: files.token,
    close() {
      stop();
      files.remove();
    },
  };
  const turn = async (): Promise<void> => {
    const timer = state.timers.shift();
    assert.ok(timer);
    state.now += timer.seconds;
    timer.work();
    await new Promise((done) => setImmediate(done));
    await new Promise((done) => setImmediate(done));
  };
  return { kept, state, turn };
}

describe("a token that is kept in a file", () => {
  test("is the owner's alone, is replaced before it ends, and is gone at the end", async () => {
    const { kept, state, turn } = await keep();
    assert.equal(readFileSync(kept.file, "utf8"), "token-1");
    assert.equal(statSync(kept.file).mode & 0o777, 0o600);
    await turn();
    assert.equal(state.now, NOW + 180);
    assert.equal(readFileSync(kept.file, "utf8"), "token-2");
    kept.close();
    assert.deepEqual(readdirSync(folder), []);
    assert.equal(state.timers.length, 0);
  });

  test("stays as it is when no new one can be had, and is tried again", async () => {
    const { kept, state, turn } = await keep();
    state.fails = true;
    await turn();
    assert.equal(readFileSync(kept.file, "utf8"), "token-1");
    assert.equal(state.warnings.length, 1);
    assert.equal(state.timers[0]?.seconds, 15);
    state.fails = false;
    await turn();
    assert.equal(readFileSync(kept.file, "utf8"), "token-2");
    kept.close();
  });

  test("is not written again when the program ends while a new one is got", async () => {
    const { kept, state } = await keep();
    state.timers.shift()?.work();
    kept.close();
    await new Promise((done) => setImmediate(done));
    assert.deepEqual(readdirSync(folder), []);
  });

  test("takes its document with it, and what killed runs left", () => {
    // No process has so large a number.
    for (const name of ["jwt", "json"]) writeFileSync(join(folder, `99999999-0123456789ab.${name}`), "left");
    writeFileSync(join(folder, `${process.pid}-0123456789ab.jwt`), "of a living process");
    const files = openRunFiles(folder, privateFiles());
    assert.equal(readdirSync(folder).length, 1);
    files.write(files.document, "{}");
    assert.equal(statSync(files.document).mode & 0o777, 0o600);
    files.remove();
    assert.equal(existsSync(files.document), false);
    assert.equal(readdirSync(folder).length, 1);
  });
});
