import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Fault } from "../../core/fault.ts";
import type { Http } from "../../core/http.ts";
import type { Clock } from "../../core/time.ts";
import { runChecks } from "./checks.ts";
import { issuerChecks } from "./issuer-checks.ts";

const NOON = 1_800_000_000;
const PROGRESS = { update: () => undefined, done: () => undefined, failed: () => undefined };

/** What the check of the clock says, where the host's answer takes a while, and the check comes a while after it. */
async function clockCheck({ hostAhead = 0, answerTakes = 0, laterBy = 0 }) {
  let now = NOON;
  const clock: Clock = { now: () => now, offsetSeconds: 0, learn: () => undefined };
  const http: Http = async () => {
    const date = new Date((now + hostAhead) * 1000).toUTCString();
    now += answerTakes;
    return { status: 404, headers: { date }, body: "" };
  };
  const hints = { unpublished: "publish it", refused: () => "verify it" };
  const checked = { identity: "laptop", issuer: "https://id.example.com", keys: async () => [], needed: [], hints };
  const checks = issuerChecks(checked, { http, clock });
  await checks.find(({ name }) => name.endsWith("discovery"))?.run();
  now += laterBy;
  return (await checks.find(({ name }) => name.endsWith("clock"))?.run())?.outcome;
}

test("of an issuer that does not answer, that fails, and nothing else is known", async () => {
  const http: Http = () => Promise.reject(new Fault("NETWORK_UNREACHABLE", "its name is not known"));
  const clock: Clock = { now: () => NOON, offsetSeconds: 0, learn: () => undefined };
  const hints = { unpublished: "publish it", refused: () => "verify it" };
  const keys = async () => [];
  const alone = { keys, shared: false };
  const checked = { identity: "laptop", issuer: "https://id.example.com", keys, needed: ["aws"], alone, hints };
  const reports = await runChecks(issuerChecks(checked, { http, clock }), async () => PROGRESS);
  assert.deepEqual([...new Set(reports.slice(1).map(({ outcome }) => outcome))], ["unknown"]);
  assert.equal(reports[0]?.outcome, "bad");
  assert.equal(reports.length, 6);
});

describe("the clock of the issuer's host", () => {
  test("is compared with ours at the time of its answer, however late that is looked at", async () => {
    assert.equal(await clockCheck({ laterBy: 600 }), "good");
    assert.equal(await clockCheck({ answerTakes: 60 }), "good");
  });

  test("differs by a little, and by too much", async () => {
    assert.equal(await clockCheck({ hostAhead: 60 }), "warn");
    assert.equal(await clockCheck({ hostAhead: -60 }), "warn");
    assert.equal(await clockCheck({ hostAhead: 300, laterBy: 300 }), "bad");
    assert.equal(await clockCheck({ hostAhead: -300, laterBy: 300 }), "bad");
  });
});
