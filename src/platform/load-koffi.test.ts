import assert from "node:assert/strict";
import { test } from "node:test";
import { loadKoffi } from "./load-koffi.ts";

test("koffi that was not installed is named, with what installs it", async () => {
  const missing = () => Promise.reject(new Error("Cannot find package 'koffi'"));
  await assert.rejects(loadKoffi(missing), { code: "SIGNER_ABSENT", details: {} });
  assert.equal(typeof (await loadKoffi()).load, "function");
});
