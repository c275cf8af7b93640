import assert from "node:assert/strict";
import { join } from "node:path";
import { type BrevetHome, inBrevetHome } from "./brevet-home.ts";

/** Stands in for brevet where only the command line is tested: it tells its arguments and gives keys that are visibly fake. */
const PROGRAM = `#!/bin/sh
printf '%s\\n' "$@" > "$HOME/arguments"
echo '{"Version":1,"AccessKeyId":"ASIAEXAMPLE","SecretAccessKey":"fake/secret","SessionToken":"fake//token","Expiration":"2099-01-01T00:00:00Z","AccountId":"123456789012"}'
`;

/** A folder such as people have, with what shells trip over. */
const FOLDER = "it's $HOME & (mine)";

/**
 * Sets up a profile whose program lies in such a folder, among profiles that are there already, and hands the home to
 * `read`, which has a real AWS tool get credentials by the profile `brevet`.
 */
export async function withWrittenProfile(read: (home: BrevetHome) => void): Promise<void> {
  await inBrevetHome((home) => {
    home.write(
      ".aws/config",
      "[default]\r\nregion = us-east-1\r\ns3 =\r\n  addressing_style = path\r\n[sso-session x]\r\nsso_region = a",
    );
    const program = home.write(join(FOLDER, "brevet"), PROGRAM, 0o755);
    const ended = home.brevet(
      "setup",
      "aws",
      "--role",
      "arn:aws:iam::123456789012:role/dev",
      "--region",
      "eu-west-3",
      "--program",
      program,
    );
    assert.equal(ended.status, 0, ended.stderr);
    read(home);
    assert.equal(home.read("arguments"), "credential\naws\n--profile\nbrevet\n");
  });
}
