import assert from "node:assert/strict";
import { test } from "node:test";
import { listed } from "./listed.ts";

test("ten names are all said, and of more of them the first ten", () => {
  const names = Array.from({ length: 12 }, (_, index) => `p${index}`);
  assert.deepEqual([listed([]), listed(["a"]), listed(new Map([["a", 1]]).keys())], ["", "a", "a"]);
  assert.equal(listed(names.slice(0, 10)), names.slice(0, 10).join(", "));
  assert.equal(listed(names), `${names.slice(0, 10).join(", ")} and 2 more`);
});
