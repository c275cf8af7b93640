import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { describe, test } from "node:test";
import { EXECUTABLE, NODE_PROGRAM } from "../bench/run-jobs.ts";
import { makeWorld, PROFILE } from "../bench/world.ts";

const PROGRAMS: readonly (readonly [string, readonly string[]])[] = [
  ["the Node build", NODE_PROGRAM],
  ["the executable", EXECUTABLE],
];

/**
 * Proves that a real AWS client, which knows nothing of brevet but the profile that `setup aws` wrote, is served with
 * credentials by the built program, and that these are good at AWS: a device, its issuer and the sandbox are all real.
 *
 * @param command what asks AWS who it is, with the default chain of that client, and prints the ARN in its answer.
 */
export function describeServed(client: string, command: () => readonly [string, ...string[]]): void {
  describe(`${client} is served through credential_process`, () => {
    for (const [name, program] of PROGRAMS) {
      test(`by ${name}`, async () => {
        const world = await makeWorld({ program, guard: "file", runKey: false });
        try {
          const [word, ...rest] = command();
          const environment = { ...world.environment, AWS_PROFILE: PROFILE, NODE_EXTRA_CA_CERTS: world.caFile };
          const { status, stdout, stderr } = spawnSync(word, rest, { env: environment, encoding: "utf8" });
          assert.equal(status, 0, stderr);
          assert.match(stdout, /arn:aws:sts::123456789012:assumed-role\/bench\/bench-[a-z2-7]{10}\b/);
          assert.equal(world.countAction("AssumeRoleWithWebIdentity"), 1);
          assert.equal(world.countAction("GetCallerIdentity"), 1);
        } finally {
          await world.stop();
        }
      });
    }
  });
}
