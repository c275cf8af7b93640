import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { programUnderTest } from "../../scripts/program.ts";
import { type Home, openHome } from "../../scripts/run-script.ts";

/** Completion as zsh and fish do it; `test/scripts/completion.txt` has bash. */

const CONFIG = `{ "identities": { "laptop": { "kind": "device" } }, "profiles": { "dev": { "aws": {} }, "prod": { "aws": {} } } }`;

/** Types into an interactive zsh on a terminal of its own, and shows what stands there after the tab key. */
const PRESS_TAB_IN_ZSH = `
zmodload zsh/zpty
zpty shell "zsh -f -i"
zpty -w shell "PS1='> '; autoload -Uz compinit; compinit -u -D; source <(brevet completion zsh); echo rea''dy"
zpty -r shell seen '*ready*'
press_tab() { zpty -w -n shell $'\\x15'"$1"$'\\t'; zpty -r shell seen "*$2*" && print -r -- "saw $2" }
`;

let home: Home;
before(() => {
  home = openHome(programUnderTest());
  home.write(".config/brevet/config.json", CONFIG);
  home.write("press-tab.zsh", PRESS_TAB_IN_ZSH);
});
after(() => home.close());

describe("in fish", () => {
  const pressTab = async (line: string): Promise<readonly string[]> => {
    const { stdout, stderr } = await home.run(`fish --no-config -c 'brevet completion fish | source; complete -C "${line}"'`);
    assert.equal(stderr, "");
    return stdout.split("\n").filter((word) => word !== "");
  };

  test("commands come with what they do", async () => {
    assert.deepEqual(await pressTab("brevet stat"), [
      "status\twho this is, which profiles there are, what is cached, and what this shell uses",
    ]);
  });

  test("the profiles of the config are offered", async () => {
    assert.deepEqual(await pressTab("brevet credential aws --profile "), ["dev", "prod"]);
    assert.deepEqual(await pressTab("brevet env p"), ["prod"]);
  });

  test("files are offered where brevet knows nothing", async () => {
    assert.deepEqual(await pressTab("brevet credential aws --policy press-t"), ["press-tab.zsh"]);
  });
});

describe("in zsh", () => {
  const pressTab = async (line: string, seen: string): Promise<string> => {
    const { stdout } = await home.run(`timeout 120 zsh -f -c '. ./press-tab.zsh; press_tab "${line}" "${seen}"'`);
    return stdout.trim();
  };

  test("a command is completed", async () => {
    assert.equal(await pressTab("brevet stat", "brevet status"), "saw brevet status");
  });

  test("the profiles of the config are completed", async () => {
    assert.equal(await pressTab("brevet credential aws --profile p", "--profile prod"), "saw --profile prod");
  });

  test("several candidates are listed with what they do", async () => {
    assert.equal(await pressTab("brevet log", "*sign a person in*"), "saw *sign a person in*");
  });
});
