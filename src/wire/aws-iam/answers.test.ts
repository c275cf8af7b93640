import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { Fault } from "../../core/fault.ts";
import { parseProviderAnswer, parseRoleAnswer } from "./answers.ts";

const POLICY = { Version: "2012-10-17", Statement: [] };
const ARN = "arn:aws:iam::123456789012:role/dev";

describe("the answers of IAM", () => {
  it("give a role's trust policy, as an object, percent-encoded, as text, or alone", () => {
    const forms = [POLICY, encodeURIComponent(JSON.stringify(POLICY)), JSON.stringify(POLICY)];
    for (const AssumeRolePolicyDocument of forms) {
      const role = parseRoleAnswer(
        JSON.stringify({ Role: { Arn: ARN, MaxSessionDuration: 7200, AssumeRolePolicyDocument } }),
        "f",
      );
      assert.deepEqual(role, { arn: ARN, trustPolicy: JSON.stringify(POLICY), maxSessionDuration: 7200 });
    }
    const alone = parseRoleAnswer(JSON.stringify(POLICY), "f");
    assert.deepEqual(alone, { arn: null, trustPolicy: JSON.stringify(POLICY), maxSessionDuration: null });
  });

  it("give a provider with its scheme, which IAM leaves out", () => {
    const text = JSON.stringify({ Url: "id.example.com/laptop", ClientIDList: ["a"], ThumbprintList: [] });
    assert.deepEqual(parseProviderAnswer(text, "f"), { url: "https://id.example.com/laptop", clientIds: ["a"] });
  });

  it("are no policy where they are nested without end", () => {
    const nested = `${"[".repeat(20_000)}${"]".repeat(20_000)}`;
    for (const text of [`{"Statement":${nested}}`, `{"Role":{"AssumeRolePolicyDocument":{"Statement":${nested}}}}`]) {
      assert.throws(
        () => parseRoleAnswer(text, "f"),
        (cause) => cause instanceof Fault && cause.code === "POLICY_INVALID",
      );
    }
  });

  it("of any form are a value or a fault", () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string()), (text) => {
        for (const parse of [parseRoleAnswer, parseProviderAnswer]) {
          try {
            parse(text, "f");
          } catch (cause) {
            assert.ok(cause instanceof Fault && cause.code === "POLICY_INVALID", String(cause));
          }
        }
      }),
    );
  });
});
