import assert from "node:assert/strict";
import { test } from "node:test";
import { isTransient } from "./is-transient.ts";

test("transient are what AWS's SDKs repeat, and the one wording that shares its code with refusals", () => {
  for (const code of ["IDPCommunicationError", "Throttling", "ThrottlingException", "RequestThrottled", "RequestTimeout"])
    assert.equal(isTransient(code, ""), true, code);
  assert.equal(isTransient("InvalidIdentityToken", "Couldn't retrieve verification key from your identity provider"), true);
  assert.equal(isTransient("InvalidIdentityToken", "Incorrect token audience"), false);
  assert.equal(isTransient("AccessDenied", "Couldn't retrieve verification key"), false);
  assert.equal(isTransient("NotThrottling", ""), false);
});
