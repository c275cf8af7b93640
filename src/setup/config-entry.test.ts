import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { JsonObject } from "../core/json-object.ts";
import { configStep, NO_ENTRY, type PresentEntry } from "./config-entry.ts";
import { effectOf, type Step } from "./plan.ts";

const ASKED = { identity: "laptop", aws: { roleArn: "arn:aws:iam::123456789012:role/dev", region: "eu-west-1" } };

function stepOf(value: JsonObject, present: PresentEntry): Step {
  return configStep("aws-dev", "/config.json", { noun: "profile", name: "dev", value }, present);
}

function made(state: JsonObject, asked: JsonObject = ASKED, plan = "aws-dev"): PresentEntry {
  return { state: JSON.stringify(state, null, 2), makers: new Map([[plan, JSON.stringify(asked)]]) };
}

function after(step: Step): unknown {
  return JSON.parse(step.after ?? "");
}

describe("an entry of brevet's config", () => {
  const byHand = {
    interactive: "never",
    identity: "laptop",
    aws: { duration: "2h", ...ASKED.aws, tags: { constructor: "x" } },
  };

  it("keeps what somebody wrote beside what was asked for, however often the setup is run again", () => {
    const again = stepOf(ASKED, made(byHand));
    assert.equal(effectOf(again), "keep");
    assert.deepEqual(JSON.parse(again.asked ?? ""), ASKED);
    const other = { ...ASKED, aws: { ...ASKED.aws, endpointUrl: "https://sts.example.com" } };
    const changed = stepOf(other, made(byHand));
    assert.deepEqual(after(changed), { ...byHand, aws: { ...byHand.aws, endpointUrl: "https://sts.example.com" } });
    assert.deepEqual(after(stepOf(ASKED, made(after(changed) as JsonObject, other))), byHand);
  });

  it("takes out what only the last run asked for, and not what was changed since", () => {
    const former = { ...ASKED, aws: { ...ASKED.aws, saml: { audience: "a" }, endpointUrl: "https://one.example" } };
    const present = { ...former, aws: { ...former.aws, endpointUrl: "https://two.example" } };
    assert.deepEqual(after(stepOf(ASKED, made(present, former))), {
      ...ASKED,
      aws: { ...ASKED.aws, endpointUrl: "https://two.example" },
    });
  });

  it("takes out a block that only the last run asked for, also where somebody wrote into it", () => {
    const former = { ...ASKED, aws: { ...ASKED.aws, saml: {} } };
    const present = { ...ASKED, aws: { ...ASKED.aws, saml: { audience: "by hand" }, duration: "2h" } };
    assert.deepEqual(after(stepOf(ASKED, made(present, former))), { ...ASKED, aws: { ...ASKED.aws, duration: "2h" } });
    assert.deepEqual(after(stepOf(former, made(present, former))), present);
  });

  it("says what was named, whatever somebody wrote there", () => {
    const present = { identity: "desktop", aws: { ...ASKED.aws, roleArn: "arn:aws:iam::123456789012:role/other" } };
    assert.deepEqual(after(stepOf(ASKED, made(present))), ASKED);
    const chained = { via: "base", aws: ASKED.aws };
    assert.deepEqual(after(stepOf(chained, made(present))), chained);
  });

  it("leaves an entry of another setup alone, as one that somebody wrote", () => {
    for (const present of [made(byHand, ASKED, "azure-dev"), { ...made(byHand), makers: NO_ENTRY.makers }]) {
      assert.throws(() => stepOf(ASKED, present), { code: "PLAN_CONFLICT" });
    }
    const same = { ...made(ASKED), makers: NO_ENTRY.makers };
    assert.deepEqual([effectOf(stepOf(ASKED, same)), stepOf(ASKED, same).owner], ["keep", "theirs"]);
  });
});
