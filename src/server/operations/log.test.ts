import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Fault } from "../../core/fault.ts";
import type { RequestRecord } from "../http/handle.ts";
import { serverLog, serverLogInWords } from "./log.ts";

const REQUEST: RequestRecord = {
  id: "an-id",
  method: "GET",
  route: "/account",
  status: 200,
  address: "192.0.2.1",
  seconds: 0.0042,
  cause: null,
};
const ASSET: RequestRecord = { ...REQUEST, route: "/assets/0bc136ab83a3855c/brevet.css" };
const FAILED: RequestRecord = { ...REQUEST, status: 503, cause: new Fault("DATABASE_UNAVAILABLE", "the database is away") };

describe("the log of the login server", () => {
  const written = (make: typeof serverLog): readonly string[] => {
    const lines: string[] = [];
    const log = make(
      () => 1_800_000_000,
      (line) => void lines.push(line),
    );
    for (const record of [REQUEST, ASSET, FAILED, { ...ASSET, status: 404 }]) log.request(record);
    log.failure("audit log: not pushed", new Error("no route"));
    return lines;
  };

  test("has a line of JSON for each request but for what pages are drawn with", () => {
    const lines = written(serverLog).map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
    assert.deepEqual(
      lines.map(({ level, route, status, what }) => [level, route ?? what, status]),
      [
        ["info", "/account", 200],
        ["error", "/account", 503],
        ["info", ASSET.route, 404],
        ["error", "audit log: not pushed", undefined],
      ],
    );
  });

  test("says the same in words on a terminal, each in a line that fits", () => {
    const [first = "", ...rest] = written(serverLogInWords);
    assert.equal(first, "2027-01-15T08:00:00Z GET /account → 200 for 192.0.2.1, 4 ms");
    assert.equal(rest.length, 3);
    assert.match(rest[0] ?? "", /503 .*DATABASE_UNAVAILABLE: the database is away/);
    assert.match(rest[2] ?? "", /audit log: not pushed: Error: no route/);
  });
});
