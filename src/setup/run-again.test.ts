import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { PlanRecord } from "./record.ts";
import { commandOf } from "./run-again.ts";

function recordOf(command?: string): PlanRecord {
  const record = { version: 1, id: "gcp-work", title: "a setup", changedAt: 1, sequence: 1, steps: [] } as const;
  return command === undefined ? record : { ...record, command };
}

const CHANGE = { identity: "laptop", issuer: "https://new.example/laptop" };

describe("what makes a setup again", () => {
  it("is what was typed, for the identity by its name", () => {
    assert.equal(
      commandOf(recordOf("brevet setup gcp --project 'a b'"), CHANGE),
      "brevet setup gcp --project 'a b' --identity laptop",
    );
    for (const typed of ["brevet setup gcp --identity laptop --direct", "brevet setup gcp --identity=laptop"])
      assert.equal(commandOf(recordOf(typed), CHANGE), typed);
  });

  it("does not go back to the issuer that was chosen then", () => {
    for (const chosen of ["--issuer https://id.example.com", "--issuer='https://id.example.com/a b'", "--change-issuer"]) {
      const typed = `brevet setup aws ${chosen} --policy-arn arn:aws:iam::aws:policy/ReadOnlyAccess ${chosen}`;
      const again = "brevet setup aws --policy-arn arn:aws:iam::aws:policy/ReadOnlyAccess --identity laptop";
      assert.equal(commandOf(recordOf(typed), CHANGE), again);
    }
  });

  it("hosts no issuer of its own again, and names the new one to a stack that would go back to that", () => {
    const stack = { id: "stack", kind: "aws-stack", does: "", owner: "ours", address: {}, before: null, after: "{}" } as const;
    const facts = { outputIssuer: "https://bucket.example/laptop", outputBucket: "bucket" };
    const typed = "brevet setup aws --policy-arn ARN --hosting s3 --identity laptop";
    const hosting = { ...recordOf(typed), steps: [{ step: stack, progress: "done", facts }] } as const;
    const again = "brevet setup aws --policy-arn ARN --identity laptop --issuer";
    assert.equal(commandOf(hosting, CHANGE), `${again} https://new.example/laptop`);
    assert.equal(commandOf(hosting, { ...CHANGE, issuer: "what the stack other serves" }), `${again} URL`);
  });

  it("is as much as is known of a record that does not have it", () => {
    assert.equal(commandOf(recordOf(), CHANGE), "brevet setup gcp … --identity laptop");
  });
});
