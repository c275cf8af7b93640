import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { programUnderTest } from "../scripts/program.ts";
import { type Home, openHome } from "../scripts/run-script.ts";

/*
 * The promise: a config that another user can read or change is refused, by every command, before anything in it counts.
 * It says where tokens are sent and which program signs, so who can write it can have both.
 */

let home: Home;
before(() => {
  home = openHome(programUnderTest());
});
after(() => home.close());

describe("a config that is open to others is refused", () => {
  const commands = [
    "credential aws",
    "env",
    "token --audience x",
    "status --json",
    "login",
    "logout",
    "issuer generate",
    "init second",
  ];
  for (const [index, mode] of [0o644, 0o640, 0o620, 0o602, 0o666].entries()) {
    test(`with mode ${mode.toString(8)}`, async () => {
      home.write(".config/brevet/config.json", "{ this is not even read", mode);
      for (const command of commands.filter((_, position) => index === 0 || position % 5 === index)) {
        const { exit, stdout, stderr } = await home.run(`brevet ${command}`);
        assert.deepEqual([exit, stdout], [2, ""], command);
        assert.match(stderr, /CONFIG_EXPOSED/, command);
      }
    });
  }

  test("and read once it is closed", async () => {
    home.write(".config/brevet/config.json", "{}", 0o600);
    assert.equal((await home.run("brevet status")).exit, 0);
  });
});

test("a config in the working folder is nobody's, although HOME leads there", async () => {
  const role = "arn:aws:iam::123456789012:role/dev";
  home.write(
    "here/.config/brevet/config.json",
    `{ "identities": { "laptop": { "kind": "device", "signer": "software", "subject": "laptop-k3v9q2x7ab" } }, "profiles": { "planted": { "aws": { "roleArn": "${role}" } } } }`,
  );
  const { exit, stdout, stderr } = await home.run("HOME=here brevet credential aws --profile planted");
  assert.match(stderr, /HOME_UNKNOWN/);
  assert.deepEqual([exit, stdout], [2, ""]);
});
