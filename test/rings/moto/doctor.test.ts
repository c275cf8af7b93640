import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { CreateRoleCommand } from "@aws-sdk/client-iam";
import { applyPlan } from "../../../src/flows/apply-plan.ts";
import { privateFiles } from "../../../src/platform/private-files.ts";
import { fileRecords } from "../../../src/provisioners/files/records.ts";
import type { Provisioner } from "../../../src/setup/provisioner.ts";
import { inBrevetHome } from "../../scripts/brevet-home.ts";
import { type Moto, startMoto } from "./moto-server.ts";
import { openStackWorld, stackStep } from "./stack-world.ts";

let moto: Moto;
before(async () => {
  moto = await startMoto();
  Object.assign(process.env, moto.environment);
});
after(() => moto.stop());

const TRUST =
  '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}';

describe("doctor, after CloudFormation failed", () => {
  it("names the resource and AWS's reason, and what to type; unsetup then tells of nothing that was never made", () =>
    inBrevetHome(async (home) => {
      const { provisioner } = await openStackWorld(moto, null);
      const create = stackStep();
      // Somebody makes a role of that name after everything was looked at.
      const overtaken: Provisioner = {
        ...provisioner,
        async check(step) {
          await provisioner.check?.(step);
          await moto.iam.send(new CreateRoleCommand({ RoleName: "brevet-device-role", AssumeRolePolicyDocument: TRUST }));
        },
      };
      const ports = {
        provisionerFor: async () => overtaken,
        records: fileRecords(privateFiles(), join(home.home, ".local/state/brevet")),
        clock: { now: () => 1_772_627_400, offsetSeconds: 0, learn: () => {} },
        command: "brevet setup aws",
        whenStopped: () => {},
        progress: async () => ({ update: () => {}, done: () => {}, failed: () => {} }),
      };
      const clean = await moto.snapshot();
      await assert.rejects(applyPlan({ id: "aws-brevet", title: "a role", steps: [create] }, ports));
      const { status, stdout } = home.brevet("doctor", "--offline");
      assert.equal(status, 1);
      assert.match(
        stdout,
        /failed +setup aws-brevet - stopped at ".*": .*brevet-device-role already exists.*\(RESOURCE_FAILED\)/,
      );
      assert.match(stdout, /`brevet unsetup aws-brevet` undoes what was done/);
      const gone = home.brevetWith(moto.environment, "unsetup");
      assert.equal(gone.status, 0, gone.stderr);
      assert.doesNotMatch(gone.stderr, /brevet: undone:/);
      assert.notDeepEqual(await moto.snapshot(), clean, "the role of others was taken away");
      assert.doesNotMatch(home.brevet("doctor", "--offline").stdout, /setup aws-brevet/);
    }));
});
