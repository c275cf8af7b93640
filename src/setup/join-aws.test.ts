import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Fault } from "../core/fault.ts";
import type { PresentEntry } from "./config-entry.ts";
import { type JoinAwsInput, type JoinAwsPresent, planJoinAws } from "./join-aws.ts";
import { effectOf, type Plan } from "./plan.ts";

const INPUT: JoinAwsInput = {
  name: null,
  roleArn: "arn:aws:iam::123456789012:role/dev",
  region: "eu-west-1",
  defaultRegion: null,
  endpointUrl: null,
  source: { identity: "laptop" },
  command: "/usr/bin/brevet",
};
const OURS = `[profile brevet]
# made by brevet: \`brevet unsetup aws-brevet\` undoes it
credential_process = /usr/bin/brevet credential aws --profile brevet
region = eu-west-1`;
const STATE = JSON.stringify({ identity: "laptop", aws: { roleArn: INPUT.roleArn, region: "eu-west-1" } }, null, 2);

function present(config: string, changes: Partial<JoinAwsPresent> = {}): JoinAwsPresent {
  return {
    awsConfig: { file: "/h/.aws/config", text: config },
    awsCredentials: { file: "/h/.aws/credentials", text: "" },
    brevetConfigFile: "/h/config.json",
    brevetProfiles: new Map(),
    ...changes,
  };
}

function made(state: string): PresentEntry {
  return { state, makers: new Map([["aws-brevet", state]]) };
}

function written(state: string): PresentEntry {
  return { state, makers: new Map() };
}

function outcome(plan: Plan): readonly string[] {
  return plan.steps.map((step) => `${effectOf(step)} ${step.kind} ${step.address["profile"]} ${step.owner}`);
}

describe("joining a role", () => {
  it("makes both profiles where there is nothing", () => {
    const plan = planJoinAws(INPUT, present(""));
    assert.equal(plan.id, "aws-brevet");
    assert.deepEqual(outcome(plan), ["create brevet-profile brevet nobody", "create aws-profile brevet nobody"]);
    assert.equal(plan.steps[0]?.after, STATE);
    assert.equal(plan.steps[1]?.after, OURS);
  });

  it("keeps both where they are as they should be", () => {
    const plan = planJoinAws(INPUT, present(OURS, { brevetProfiles: new Map([["brevet", made(STATE)]]) }));
    assert.deepEqual(outcome(plan), ["keep brevet-profile brevet ours", "keep aws-profile brevet ours"]);
  });

  it("keeps a section that an earlier build wrote, whose mark ends in other words", () => {
    const earlier = OURS.replace("undoes it", "takes it away");
    const plan = planJoinAws(INPUT, present(earlier, { brevetProfiles: new Map([["brevet", made(STATE)]]) }));
    assert.deepEqual(outcome(plan), ["keep brevet-profile brevet ours", "keep aws-profile brevet ours"]);
    assert.equal(plan.steps[1]?.after, earlier);
  });

  it("changes only its own keys in its section", () => {
    const mine = `${OURS}\n# and mine\ns3 =\n  addressing_style = path`;
    const plan = planJoinAws({ ...INPUT, command: "/opt/brevet" }, present(mine));
    assert.equal(plan.steps[1]?.after, mine.replace("/usr/bin/brevet", "/opt/brevet"));
  });

  it("uses a profile of brevet that says the same already, and does not call it ours", () => {
    const plan = planJoinAws(INPUT, present("", { brevetProfiles: new Map([["brevet", written(STATE)]]) }));
    assert.deepEqual(outcome(plan), ["keep brevet-profile brevet theirs", "create aws-profile brevet nobody"]);
  });

  it("keeps a region that somebody chose by hand, unless one is named", () => {
    const profile = made(STATE.replace("eu-west-1", "eu-central-1"));
    const around = present(OURS.replace("eu-west-1", "us-west-2"), { brevetProfiles: new Map([["brevet", profile]]) });
    const kept = planJoinAws({ ...INPUT, region: null, defaultRegion: "us-east-1" }, around);
    assert.deepEqual(outcome(kept), ["keep brevet-profile brevet ours", "keep aws-profile brevet ours"]);
    const named = planJoinAws({ ...INPUT, region: "us-east-1" }, around);
    for (const { after } of named.steps) assert.match(after ?? "", /us-east-1/);
    const none = planJoinAws({ ...INPUT, region: null, defaultRegion: "us-east-1" }, present(""));
    for (const { after } of none.steps) assert.match(after ?? "", /us-east-1/);
  });

  it("lets a profile without a region be", () => {
    const plan = planJoinAws({ ...INPUT, region: null }, present(""));
    assert.deepEqual(JSON.parse(plan.steps[0]?.after ?? ""), { identity: "laptop", aws: { roleArn: INPUT.roleArn } });
    assert.ok(!plan.steps[1]?.after?.includes("region"));
  });

  for (const [whose, taken] of [
    ["a section of the config", present("[profile brevet]\nregion = x")],
    ["a section of the config in quotes", present('[profile "brevet"]\nregion = x')],
    ["keys in the credentials", present("", { awsCredentials: { file: "/c", text: "[brevet]\nx = y" } })],
    ["a profile of brevet", present("", { brevetProfiles: new Map([["brevet", written('{"aws":{}}')]]) })],
    ["our own profile of another role", present("", { brevetProfiles: new Map([["brevet", made('{"aws":{"roleArn":"x"}}')]]) })],
  ] as const) {
    it(`takes the next name where the first is ${whose}`, () => assert.equal(planJoinAws(INPUT, taken).id, "aws-brevet-2"));
  }

  it("moves our own profile to another role only where its name was given", () => {
    const around = present(OURS, { brevetProfiles: new Map([["brevet", made('{"identity":"laptop","aws":{"roleArn":"x"}}')]]) });
    const plan = planJoinAws({ ...INPUT, name: "brevet" }, around);
    assert.deepEqual(outcome(plan), ["change brevet-profile brevet ours", "keep aws-profile brevet ours"]);
    assert.equal(planJoinAws(INPUT, around).id, "aws-brevet-2");
  });

  it("goes on from another profile, and makes none that would lead through itself", () => {
    const profiles = new Map([
      ["brevet", made(STATE)],
      ["middle", made('{"via":"brevet","aws":{}}')],
      ["loop", written('{"via":"loop","aws":{}}')],
    ] as const);
    const around = present("", { brevetProfiles: profiles });
    const plan = planJoinAws({ ...INPUT, source: { via: "middle" } }, around);
    assert.equal(plan.id, "aws-brevet-2");
    assert.equal(JSON.parse(plan.steps[0]?.after ?? "").via, "middle");
    for (const name of ["middle", "brevet"]) {
      assert.throws(() => planJoinAws({ ...INPUT, name, source: { via: "middle" } }, around), { code: "PLAN_CONFLICT" });
    }
    assert.equal(planJoinAws({ ...INPUT, name: "new", source: { via: "loop" } }, around).id, "aws-new");
  });

  it("refuses a name that was given and is taken, and one that cannot be", () => {
    const code = (wanted: string) => (error: unknown) => error instanceof Fault && error.code === wanted;
    assert.throws(() => planJoinAws({ ...INPUT, name: "x" }, present("[profile x]\nregion = y")), code("PLAN_CONFLICT"));
    assert.throws(() => planJoinAws({ ...INPUT, name: "default" }, present("[default]\nregion = y")), code("PLAN_CONFLICT"));
    assert.throws(() => planJoinAws({ ...INPUT, name: "a b" }, present("")), code("NAME_INVALID"));
    assert.throws(() => planJoinAws(INPUT, present("[a]\n[a]")), code("AWS_CONFIG_MALFORMED"));
  });
});
