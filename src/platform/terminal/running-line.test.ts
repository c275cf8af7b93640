import assert from "node:assert/strict";
import { describe, test } from "node:test";
import widthOf from "fast-string-width";
import { programOf, runOnTerminal } from "../../../test/contracts/terminal-programs.ts";

describe("what runs", () => {
  const STEP = "create the provider brevet, which trusts https://d1234567890.cloudfront.net/laptop by uploaded";
  const FRAMES = "◒◐◓◑•oO0";
  const passes = (ms: number): string => `await new Promise((resolve) => setTimeout(resolve, ${ms}));`;
  /** What was drawn on the last line, one after the other, with whatever was written above it. */
  const drawnBy = async (body: string, environment: NodeJS.ProcessEnv, seen = "", types = "") => {
    const { stdout, status } = await runOnTerminal(
      programOf(body),
      { TERM: "xterm", NO_COLOR: "1", ...environment },
      seen,
      types,
    );
    return { drawn: stdout.split("\r\u001b[K"), stdout, status };
  };

  for (const more of ["", " keys", " keys 鍵".repeat(4)]) {
    test(`is never wider than the terminal (${STEP.length + more.length} characters)`, async () => {
      const { drawn } = await drawnBy(
        `const step = await terminal.progress("${STEP}${more}"); ${passes(300)} step.done("${STEP}${more}");`,
        {},
      );
      const frames = drawn.filter((line) => FRAMES.includes(line[0] ?? " "));
      assert.ok(frames.length >= 2, JSON.stringify(drawn));
      for (const frame of frames) assert.ok(widthOf(frame) <= 97 && frame.includes(STEP.slice(0, 90)), JSON.stringify(frame));
      const done = (drawn.at(-1) ?? "").trimEnd().split("\r\n");
      assert.equal(done.map((line) => line.slice(3)).join(" "), `${STEP}${more}`);
      for (const line of done) assert.ok(widthOf(line) <= 100, line);
    });
  }

  test("stands below what is said meanwhile", async () => {
    const { drawn } = await drawnBy(
      `const step = await terminal.progress("working"); terminal.warn("careful"); step.failed("no");`,
      {},
    );
    const [, first = "", second = "", last = ""] = drawn;
    assert.match(first, /^[◒•] {2}working$/);
    assert.match(second, /^brevet: warning: careful\r\n[◒•] {2}working$/);
    assert.match(last, /^[▲x] {2}no\r\n$/);
    assert.equal(drawn.length, 4);
  });

  test("goes on with what was begun before, when it ends", async () => {
    const { drawn } = await drawnBy(
      `const outer = await terminal.progress("outer"); const inner = await terminal.progress("inner");
        inner.done("inner"); outer.update("more"); outer.done("outer");`,
      {},
    );
    assert.deepEqual(
      drawn.slice(1).map((line) => line.replaceAll("\r\n", "|").replace(/[^a-z|]/g, "")),
      ["outer", "inner", "inner|outer", "outer|"],
    );
  });

  test("leaves its line to a question", async () => {
    const { stdout } = await drawnBy(
      `const step = await terminal.progress("working"); const asked = terminal.ask("which name?"); ${passes(300)} print("[now]");
        step.done("answer: " + await asked);`,
      {},
      "[now]",
      "alice\r",
    );
    const asked = stdout.slice(stdout.indexOf("which name?"), stdout.indexOf("[now]"));
    assert.match(asked, /^which name\?/);
    assert.doesNotMatch(asked, /working/);
    assert.match(stdout, /answer: alice/);
  });

  test("is ended by Ctrl-C as anything else is", async () => {
    const { stdout } = await drawnBy(
      `process.once("SIGINT", () => { terminal.say("how to go on"); process.exit(9); });
        await terminal.progress("working"); ${passes(30_000)}`,
      {},
      "working",
      "\u0003",
    );
    assert.match(stdout, /brevet: how to go on\r\n/);
  });
});
