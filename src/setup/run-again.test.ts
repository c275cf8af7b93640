import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { PlanRecord } from "./record.ts";
import { commandOf } from "./run-again.ts";

function recordOf(command?: string): PlanRecord {
  const record = { version: 1, id: "gcp-work", title: "a setup", changedAt: 1, sequence: 1, steps: [] } as const;
  return command === undefined ? record : { ...record, command };
}

describe("what makes a setup again", () => {
  it("is what was typed, for the identity by its name", () => {
    assert.equal(
      commandOf(recordOf("brevet setup gcp --project 'a b'"), "laptop"),
      "brevet setup gcp --project 'a b' --identity laptop",
    );
    for (const typed of ["brevet setup gcp --identity laptop --direct", "brevet setup gcp --identity=laptop"])
      assert.equal(commandOf(recordOf(typed), "laptop"), typed);
  });

  it("does not go back to the issuer that was chosen then", () => {
    for (const chosen of [
      "--issuer-url https://id.example.com",
      "--issuer-url='https://id.example.com/a b'",
      "--change-issuer",
    ]) {
      const typed = `brevet setup aws ${chosen} --policy-arn arn:aws:iam::aws:policy/ReadOnlyAccess ${chosen}`;
      const again = "brevet setup aws --policy-arn arn:aws:iam::aws:policy/ReadOnlyAccess --identity laptop";
      assert.equal(commandOf(recordOf(typed), "laptop"), again);
    }
  });

  it("is as much as is known of a record that does not have it", () => {
    assert.equal(commandOf(recordOf(), "laptop"), "brevet setup gcp … --identity laptop");
  });
});
