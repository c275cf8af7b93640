import assert from "node:assert/strict";
import { test } from "node:test";
import { Fault } from "../../core/fault.ts";
import { problemAnswer, problemOf } from "./problem.ts";

test("a problem has a title of its own, also where the codes are without their documentation", () => {
  const { body } = problemAnswer({ status: 401, code: "TOKEN_REFUSED", detail: "why" });
  const { title, type } = JSON.parse(String(body));
  assert.deepEqual({ title, type }, { title: "token refused", type: "urn:brevet:fault:TOKEN_REFUSED" });
});

test("what the server cannot do says that it is the server's, what of it, and nothing that it holds", () => {
  const cases = [
    ["DATABASE_UNAVAILABLE", 503, "the login server's database does not answer"],
    ["DATABASE_FULL", 503, "the disk of the login server's database is full"],
    ["KEY_ABSENT", 500, "something went wrong inside of the login server"],
  ] as const;
  for (const [code, status, detail] of cases) {
    const problem = problemOf(new Fault(code, "/var/lib/brevet-server/seal.key", { hints: ["postgres://alice@db"] }), status);
    assert.equal(problem.detail, detail);
    assert.doesNotMatch(JSON.stringify(problem), /seal\.key|postgres:/);
  }
});
