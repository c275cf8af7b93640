import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Fault } from "../core/fault.ts";
import type { Terminal } from "../core/terminal.ts";
import type { Context } from "./command.ts";
import { run } from "./run.ts";

/** Runs with a composition in which everything that is asked for raises `cause`. */
async function runInto(cause: unknown, words: readonly string[], environment: Record<string, string> = {}) {
  const seen = { stdout: "", stderr: "", faults: [] as Fault[], status: -1 };
  const raise = (): never => {
    throw cause;
  };
  const context = {
    environment,
    output: (text: string) => {
      seen.stdout += text;
    },
    errorOutput: (text: string) => {
      seen.stderr += text;
    },
    terminal: { fault: (fault: Fault) => void seen.faults.push(fault) } as unknown as Terminal,
    compose: new Proxy({}, { get: () => raise }) as Context["compose"],
    paths: { configFile: "/c", stateFolder: "/s", cacheFolder: "/k", runtimeFolder: null },
    workingFolder: "/",
  } satisfies Context;
  seen.status = await run(words, context);
  return seen;
}

const absent = new Fault("KEY_ABSENT", "there is no key", { hints: ["make one"], details: { kid: null } });

describe("a fault", () => {
  test("is told to the person, and gives the exit status", async () => {
    const { status, faults, stdout, stderr } = await runInto(absent, ["status"]);
    assert.deepEqual([status, faults, stdout, stderr], [6, [absent], "", ""]);
  });

  test("is one line of JSON on stderr for who asked for JSON", async () => {
    const { status, faults, stdout, stderr } = await runInto(absent, ["status", "--json"]);
    assert.deepEqual([status, faults.length, stdout], [6, 0, ""]);
    const expected = { code: "KEY_ABSENT", message: "there is no key", hints: ["make one"], details: { kid: null } };
    assert.deepEqual(JSON.parse(stderr), expected);
    assert.match(stderr, /^[^\n]+\n$/);
  });

  test("is for the person when --json belongs to the program that is run", async () => {
    const { faults, stderr } = await runInto(absent, ["exec", "dev", "--", "program", "--json"]);
    assert.deepEqual([faults, stderr], [[absent], ""]);
  });
});

describe("an error that nobody expected", () => {
  test("is INTERNAL, keeps its cause and tells how to see more", async () => {
    const cause = new TypeError("x is not a function");
    const { status, faults } = await runInto(cause, ["status"]);
    const [fault] = faults;
    assert.deepEqual([status, fault?.code, fault?.cause], [1, "INTERNAL", cause]);
    assert.equal(fault?.hints.length, 1);
  });

  test("shows where it was raised to who debugs", async () => {
    const { faults } = await runInto(new TypeError("x is not a function"), ["status"], { BREVET_DEBUG: "1" });
    const hints = faults[0]?.hints ?? [];
    assert.match(hints.join(), /run\.test/);
    assert.equal(
      hints.find((hint) => hint.includes("\n")),
      undefined,
    );
  });

  test("may be anything that can be thrown", async () => {
    for (const cause of ["text", null, undefined, 0, { message: 1 }]) {
      assert.equal((await runInto(cause, ["status"])).faults[0]?.code, "INTERNAL");
    }
  });
});

describe("help", () => {
  test("is an answer when it was asked for, and a mistake when something was missing", async () => {
    for (const [words, status] of [
      [["--help"], 0],
      [["help"], 0],
      [["status", "--help"], 0],
      [["status", "-h", "--nonsense"], 0],
      [["status", "-hx"], 0],
      [["token", "-ha", "me"], 0],
      [["cache", "--help"], 0],
      [[], 0],
      [["cache"], 2],
    ] as const) {
      const seen = await runInto(absent, words);
      assert.deepEqual([seen.status, seen.faults.length], [status, 0], words.join(" "));
      const [text, other] = status === 0 ? [seen.stdout, seen.stderr] : [seen.stderr, seen.stdout];
      assert.ok(text.includes("usage: brevet"), words.join(" "));
      assert.equal(other, "", words.join(" "));
    }
  });

  test("is not asked for by an id that begins with a dash", async () => {
    for (const id of ["-jEzMYzy3AWh1eXTH0tJoY", "-hEzMYzy3AWh1eXTH0tJoY"])
      assert.deepEqual((await runInto(absent, ["issuer", "revoke", id])).faults[0], absent, id);
  });

  test("behind -- is the other program's", async () => {
    assert.deepEqual((await runInto(absent, ["exec", "dev", "--", "program", "--help"])).faults[0], absent);
  });
});
