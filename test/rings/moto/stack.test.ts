import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import {
  CreateRoleCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  DetachRolePolicyCommand,
  PutRolePolicyCommand,
  UntagRoleCommand,
} from "@aws-sdk/client-iam";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { Fault } from "../../../src/core/fault.ts";
import type { FaultCode } from "../../../src/core/fault-codes.ts";
import { type ProvisionerWorld, provisionerContract } from "../../contracts/provisioner.ts";
import { type Moto, POLICY_ARN, startMoto } from "./moto-server.ts";
import { openStackWorld, PLACE, stackStep } from "./stack-world.ts";

let moto: Moto;
before(async () => {
  moto = await startMoto();
  Object.assign(process.env, moto.environment);
});
after(() => moto.stop());

const create = stackStep();
provisionerContract({
  name: "a CloudFormation stack",
  create,
  change: stackStep(7200, create.after),
  open: (stopAfter) => openStackWorld(moto, stopAfter ?? null),
});

const CONTEXT = { earlier: new Map(), progress: () => undefined };
const DENY_ALL = '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]}';
const TRUST =
  '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}';

describe("a stack that cannot be made or taken away", () => {
  let world: ProvisionerWorld;
  beforeEach(async () => {
    world = await openStackWorld(moto, null);
  });

  it("tells the resource that failed and AWS's reason, and leaves nothing behind", async () => {
    await moto.iam.send(new CreateRoleCommand({ RoleName: "brevet-device-role", AssumeRolePolicyDocument: TRUST }));
    const theirs = await world.snapshot();
    const fault = await faultOf(world.provisioner.apply(create, CONTEXT), "RESOURCE_FAILED");
    assert.equal(fault.details["resource"], "Role");
    assert.match(String(fault.details["cloudMessage"]), /brevet-device-role already exists/);
    assert.deepEqual(await world.snapshot(), theirs);
  });

  it("goes back to what it was when a change fails", async () => {
    await world.provisioner.apply(create, CONTEXT);
    const before = await world.snapshot();
    const missing = (create.after ?? "").replace("MyDevPolicy", "NoSuchPolicy");
    const change = { ...create, before: create.after, after: missing };
    assert.equal((await faultOf(world.provisioner.apply(change, CONTEXT), "RESOURCE_FAILED")).details["resource"], "Role");
    assert.deepEqual(await world.snapshot(), before);
    assert.equal((await world.provisioner.read(create)).state, create.after);
  });

  it("is left whole when one of its resources lost its tag", async () => {
    const facts = await world.provisioner.apply(create, CONTEXT);
    await moto.iam.send(new UntagRoleCommand({ RoleName: "brevet-device-role", TagKeys: ["brevet:owner"] }));
    const before = await world.snapshot();
    assert.match((await faultOf(world.provisioner.undo(create, facts), "PLAN_CONFLICT")).message, /Role brevet-device-role/);
    assert.deepEqual(await world.snapshot(), before);
  });

  it("is left whole while its role denies the sessions of a revoked key", async () => {
    const facts = await world.provisioner.apply(create, CONTEXT);
    const denial = { RoleName: "brevet-device-role", PolicyName: "brevet-revoked-sessions" };
    const before = await world.snapshot();
    await moto.iam.send(new PutRolePolicyCommand({ ...denial, PolicyDocument: DENY_ALL }));
    const { hints } = await faultOf(world.provisioner.undo(create, facts), "PLAN_CONFLICT");
    assert.match(
      hints.join(),
      /`aws iam delete-role-policy --role-name brevet-device-role --policy-name brevet-revoked-sessions`/,
    );
    await moto.iam.send(new DeleteRolePolicyCommand(denial));
    assert.deepEqual(await world.snapshot(), before);
    await world.provisioner.undo(create, facts);
    assert.equal((await world.provisioner.read(create)).state, null);
  });

  it("is left whole when others publish in its bucket", async () => {
    const facts = await world.provisioner.apply(create, CONTEXT);
    const put = new PutObjectCommand({ Bucket: facts["outputBucket"], Key: "phone-klmnopqrst/keys.json", Body: "{}" });
    await moto.s3.send(put);
    const before = await world.snapshot();
    await faultOf(world.provisioner.undo(create, facts), "PLAN_CONFLICT");
    assert.deepEqual(await world.snapshot(), before);
  });

  it("is left to its owner when CloudFormation itself could not go back", async () => {
    await world.provisioner.apply(create, CONTEXT);
    const role = { RoleName: "brevet-device-role" };
    await moto.iam.send(new DetachRolePolicyCommand({ ...role, PolicyArn: POLICY_ARN }));
    await moto.iam.send(new DeleteRoleCommand(role));
    const change = stackStep(7200, create.after);
    await faultOf(world.provisioner.apply(change, CONTEXT), "RESOURCE_FAILED");
    const stuck = await faultOf(world.provisioner.read(create), "RESOURCE_STUCK");
    assert.match(stuck.hints.join(), /continue-update-rollback --stack-name brevet-infra/);
    await faultOf(world.provisioner.apply(change, CONTEXT), "RESOURCE_STUCK");
  });

  it("is not looked for in another account", async () => {
    const elsewhere = { ...create, address: { ...create.address, account: "210987654321" } };
    await faultOf(world.provisioner.read(elsewhere), "ACCOUNT_MISMATCH");
    assert.equal(PLACE.account, "123456789012");
  });
});

async function faultOf(work: Promise<unknown>, code: FaultCode): Promise<Fault> {
  try {
    await work;
  } catch (cause) {
    assert.ok(cause instanceof Fault, String(cause));
    assert.equal(cause.code, code, cause.message);
    return cause;
  }
  return assert.fail(`it did not fail with ${code}`);
}
