import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";
import { pageWidth, terminalWidth } from "./width.ts";

const FIELDS = ["isTTY", "columns"] as const;
const before = FIELDS.map((field) => [field, Object.getOwnPropertyDescriptor(process.stdout, field)] as const);

function become(stdout: { readonly isTTY: boolean; readonly columns: number | undefined }): void {
  for (const field of FIELDS) Object.defineProperty(process.stdout, field, { value: stdout[field], configurable: true });
}

afterEach(() => {
  for (const [field, descriptor] of before) {
    if (descriptor === undefined) Reflect.deleteProperty(process.stdout, field);
    else Object.defineProperty(process.stdout, field, descriptor);
  }
});

describe("a pipe or a file", () => {
  beforeEach(() => become({ isTTY: false, columns: undefined }));

  test("has pages of 80 columns, and of as many as COLUMNS says, if they can be read", () => {
    const wished = ["60", "100", "250", "3", "0", "-1", "wide", "1e2", ""];
    assert.deepEqual(
      wished.map((COLUMNS) => pageWidth({ COLUMNS })),
      [60, 100, 100, 40, 80, 80, 80, 80, 80],
    );
    assert.equal(pageWidth({}), 80);
  });

  test("has tables as wide as they are, whatever COLUMNS says: programs read them", () => {
    assert.equal(terminalWidth("stdout", { COLUMNS: "60" }), null);
  });
});

describe("a terminal", () => {
  test("is as wide as it is, or as COLUMNS wishes", () => {
    become({ isTTY: true, columns: 90 });
    assert.deepEqual([terminalWidth("stdout", {}), pageWidth({})], [90, 90]);
    assert.deepEqual([terminalWidth("stdout", { COLUMNS: "60" }), pageWidth({ COLUMNS: "60" })], [60, 60]);
  });

  test("that nobody gave a size has none, and pages that fit most", () => {
    become({ isTTY: true, columns: 0 });
    assert.deepEqual([terminalWidth("stdout", {}), pageWidth({})], [null, 80]);
  });
});
