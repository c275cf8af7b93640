import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { EXIT } from "./exit.ts";
import { Fault } from "./fault.ts";
import { exitStatus, FAULT_CODES, type FaultCode } from "./fault-codes.ts";

const CODES = Object.keys(FAULT_CODES) as readonly FaultCode[];

describe("the table of faults", () => {
  test("names each as a noun and its state", () => {
    for (const code of CODES) assert.match(code, /^[A-Z]+(_[A-Z]+)*$/);
  });

  test("documents each in one line without a full stop, and no two alike", () => {
    const docs = CODES.map((code) => FAULT_CODES[code].doc);
    for (const doc of docs) assert.match(doc, /^[a-z][^\n]*[^.\s]$|^`/, doc);
    assert.equal(new Set(docs).size, docs.length);
  });

  test("gives each an exit status that is not success", () => {
    for (const code of CODES) assert.ok(exitStatus(code) > 0 && exitStatus(code) <= 255);
    assert.equal(exitStatus("OF_A_LATER_VERSION" as FaultCode), EXIT.fault);
  });

  test("has a code for each exit status that a failure can have", () => {
    const used = new Set(CODES.map(exitStatus));
    assert.deepEqual(
      Object.values(EXIT).filter((status) => status !== EXIT.done && !used.has(status)),
      [],
    );
  });
});

test("the exit statuses are what scripts rely on", () => {
  assert.deepEqual(
    { ...EXIT },
    {
      done: 0,
      fault: 1,
      usage: 2,
      needsPerson: 3,
      unreachable: 4,
      refused: 5,
      signerAbsent: 6,
      programUnusable: 126,
      programAbsent: 127,
      interrupted: 130,
    },
  );
  assert.deepEqual(
    (
      [
        "CONFIG_ABSENT",
        "PERSON_ABSENT",
        "NETWORK_TIMEOUT",
        "EXCHANGE_REFUSED",
        "KEY_ABSENT",
        "COMMAND_UNUSABLE",
        "COMMAND_ABSENT",
        "INTERRUPTED",
        "INTERNAL",
      ] as const
    ).map(exitStatus),
    [2, 3, 4, 5, 6, 126, 127, 130, 1],
  );
});

test("a fault keeps its code, what to do, why, and what a machine may know", () => {
  const cause = new Error("ECONNREFUSED");
  const fault = new Fault("NETWORK_UNREACHABLE", "the host is away", { hints: ["wait"], cause, details: { host: "sts" } });
  assert.ok(fault instanceof Error);
  assert.deepEqual(
    [fault.code, fault.hints, fault.cause, fault.details],
    ["NETWORK_UNREACHABLE", ["wait"], cause, { host: "sts" }],
  );
  const bare = new Fault("INTERNAL", "x");
  assert.deepEqual([bare.hints, bare.details, "cause" in bare], [[], {}, false]);
});
