import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { formatUtc } from "../../core/time.ts";
import { readGenerateAnswer, readStsAnswer } from "./answers.ts";

const NOW = 1_800_000_000;
/** How long a token of that answer lives; or what it was taken for. */
function lifeOf(answer: ReturnType<typeof readStsAnswer>): number | string {
  if (answer === null) return "none";
  if (answer.kind === "error") return `${answer.code}: ${answer.message}`;
  assert.equal(answer.value.token.reveal(), "ya29.token");
  return answer.value.expiresAt - NOW;
}

describe("an answer of Google's STS", () => {
  const sts = (members: object): number | string => lifeOf(readStsAnswer(JSON.stringify(members), NOW));

  it("is a token of the life that is said, of 12 hours and 5 minutes at most", () => {
    for (const [seconds, life] of [
      [1, 1],
      [3599, 3599],
      [43_500, 43_500],
      [43_501, "none"],
      [0, "none"],
      [-1, "none"],
      [1.5, "none"],
      ["3600", "none"],
      [undefined, "none"],
    ] as const) {
      assert.equal(sts({ access_token: "ya29.token", expires_in: seconds, token_type: "Bearer", unknown: {} }), life);
    }
    assert.equal(sts({ access_token: "ya29 token", expires_in: 60 }), "none");
  });

  it("is a refusal where it says so, beside whatever else", () => {
    assert.equal(
      sts({ error: "invalid_grant", error_description: "no", access_token: "x", expires_in: 60 }),
      "invalid_grant: no",
    );
    assert.equal(sts({ error: "invalid_grant", error_description: {} }), "invalid_grant: ");
  });
});

describe("an answer of the IAM Credentials API", () => {
  const generated = (members: object): number | string => lifeOf(readGenerateAnswer(JSON.stringify(members), NOW));

  it("is a token that ends when is said, neither in the past nor beyond what Google gives", () => {
    for (const [expireTime, life] of [
      [formatUtc(NOW + 1), 1],
      [formatUtc(NOW + 43_500), 43_500],
      [formatUtc(NOW + 43_501), "none"],
      [formatUtc(NOW), "none"],
      [formatUtc(NOW - 60), "none"],
      ["9999-12-31T23:59:59Z", "none"],
      ["2027-02-31T00:00:00Z", "none"],
      ["in an hour", "none"],
      [NOW + 60, "none"],
      [null, "none"],
    ] as const) {
      assert.equal(generated({ accessToken: "ya29.token", expireTime }), life, `${expireTime}`);
    }
  });

  it("is a refusal by its status, else by its number", () => {
    assert.equal(generated({ error: { code: 403, status: "PERMISSION_DENIED", message: "no" } }), "PERMISSION_DENIED: no");
    assert.equal(generated({ error: { code: 403, message: "no" } }), "403: no");
    assert.equal(generated({ error: { status: { toString: 1 }, code: [], message: 5 } }), ": ");
  });
});
