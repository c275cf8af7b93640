import assert from "node:assert/strict";
import { test } from "node:test";
import { awsCall } from "./call.ts";

test("what passes, by its code or its status, is told from a refusal and from a quota", async () => {
  for (const [name, httpStatusCode, code] of [
    ["Throttling", 400, "CLOUD_UNAVAILABLE"],
    ["RequestThrottledException", 400, "CLOUD_UNAVAILABLE"],
    ["SlowDown", 503, "CLOUD_UNAVAILABLE"],
    ["InternalFailure", 500, "CLOUD_UNAVAILABLE"],
    ["ServiceUnavailable", 503, "CLOUD_UNAVAILABLE"],
    ["LimitExceededException", 409, "RESOURCE_FAILED"],
    ["AccessDenied", 403, "ADMIN_REFUSED"],
  ] as const) {
    const answer = Object.assign(new Error("no"), { name, $fault: "client", $metadata: { httpStatusCode } });
    await assert.rejects(
      awsCall("iam:CreateRole", () => Promise.reject(answer)),
      { code },
      name,
    );
  }
});
