import assert from "node:assert/strict";
import { test } from "node:test";
import { problemAnswer } from "./problem.ts";

test("a problem has a title of its own, also where the codes are without their documentation", () => {
  const { body } = problemAnswer({ status: 401, code: "TOKEN_REFUSED", detail: "why" });
  const { title, type } = JSON.parse(String(body));
  assert.deepEqual({ title, type }, { title: "token refused", type: "urn:brevet:fault:TOKEN_REFUSED" });
});
