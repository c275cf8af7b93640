import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";
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

test("a refusal of a signature, which repeats the request, shows nothing of the credentials that signed it", async () => {
  const sessionToken = `IQoJb3JpZ2luX2VjE${"fake/Session+token0=".repeat(20)}`;
  const message =
    "The request signature we calculated does not match the signature you provided.\n\nThe Canonical String for this request should " +
    `have been\n'POST\n/\n\nhost:iam.amazonaws.com\nx-amz-security-token:${sessionToken}\n\nhost;x-amz-date'\n`;
  for (const name of ["SignatureDoesNotMatch", "AccessDenied", "ValidationError", "Throttling"]) {
    const answer = Object.assign(new Error(message), { name, $fault: "client", $metadata: { httpStatusCode: 400 } });
    await assert.rejects(
      awsCall("iam:CreateRole", () => Promise.reject(answer)),
      (fault: unknown) => {
        assert.match(String(fault), /does not match the signature you provided/);
        assert.doesNotMatch(inspect(fault, { depth: 9, showHidden: true }), /fake.Session/, name);
        return true;
      },
    );
  }
});
