import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, before, describe, it } from "node:test";
import { BIN } from "../../../scripts/bundle/executable.ts";
import { type Program, programUnderTest } from "../../scripts/program.ts";
import { type SwTpm, startSwTpm } from "./swtpm.ts";

const PIN = "correct-horse";
const PATIENCE_MS = 120_000;

/** What is typed once a text stands on the screen. */
type Typing = readonly (readonly [seen: string, types: string])[];

let chip: SwTpm;
before(async () => {
  chip = await startSwTpm();
});
after(() => chip.stop());

/** Runs a command; with typing, on a terminal of its own, which `script` makes and gives no size: its screen is what comes out. */
function run(
  home: string,
  command: string,
  typing: Typing,
): Promise<{ readonly status: number | null; readonly screen: string }> {
  const onTerminal = `script -qec '${command}' /dev/null`;
  const child = spawn("/bin/sh", ["-c", typing.length > 0 ? onTerminal : `${command} 2>&1`], {
    env: { PATH: process.env["PATH"] ?? "", HOME: home, BREVET_STORE: "file", TERM: "xterm" },
    cwd: home,
    // A session of its own has no controlling terminal, wherever the tests run.
    detached: true,
  });
  // The whole group: a question that nobody answers would outlive its shell.
  const tooLate = setTimeout(() => process.kill(-(child.pid ?? 0), "SIGKILL"), PATIENCE_MS);
  const left = [...typing];
  let screen = "";
  let read = 0;
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    screen += text;
    const [next] = left;
    if (next === undefined || !screen.slice(read).includes(next[0])) return;
    read = screen.length;
    left.shift();
    child.stdin.write(`${next[1]}\r`);
  });
  return new Promise((done, reject) =>
    child.on("error", reject).on("close", (status) => {
      clearTimeout(tooLate);
      done({ status, screen });
    }),
  );
}

const executable: Program = { name: "the executable", command: [resolve(BIN, "brevet")] };

describe("a person with a PIN", () => {
  for (const program of [programUnderTest(), executable]) {
    it(`chooses it, and is asked for it at each signature, by ${program.name}`, async () => {
      const home = mkdtempSync(join(tmpdir(), "brevet-pin-"));
      const brevet = (words: string, ...typing: Typing) => run(home, `${program.command.join(" ")} ${words}`, typing);
      const options = `--signer tpm2 --signer-option device=${chip.device} --signer-option pin`;
      const made = await brevet(`init laptop ${options} --issuer https://id.example.com/laptop`, ["a PIN", PIN], ["again", PIN]);
      assert.equal(made.status, 0, made.screen);
      assert.ok(!made.screen.includes(PIN));
      for (const words of ["issuer generate", "issuer publish --to published"]) {
        const { status, screen } = await brevet(words);
        assert.equal(status, 0, screen);
      }
      const right = await brevet("token --audience https://a.example.com > token", ["the PIN", PIN]);
      assert.equal(right.status, 0, right.screen);
      assert.ok(!right.screen.includes(PIN));
      assert.match(readFileSync(join(home, "token"), "utf8"), /^eyJ[\w-]+\.[\w-]+\.[\w-]+\n$/);
      const wrong = await brevet("token --audience https://b.example.com > token", ["the PIN", "wrong"]);
      assert.equal(wrong.status, 3);
      assert.match(wrong.screen, /\(PIN_WRONG\)/);
      assert.equal(readFileSync(join(home, "token"), "utf8"), "");
      const nobody = await brevet("token --audience https://c.example.com");
      assert.equal(nobody.status, 3);
      assert.match(nobody.screen, /\(PERSON_ABSENT\)/);
      rmSync(home, { recursive: true });
    });
  }
});
