import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { stripVTControlCharacters } from "node:util";
import { paint } from "./paint.ts";
import { renderTable, renderTables } from "./table.ts";

const HEADER = ["profile", "role", "cached"];
const ROWS = [
  [{ text: "dev", tone: "strong" }, { text: "arn:aws:iam::123456789012:role/dev" }, { text: "no", tone: "dim" }],
  [{ text: "production", tone: "strong" }, { text: "-" }, { text: "ends in 1h", tone: "good" }],
] as const;

describe("a table", () => {
  test("has aligned columns and no blanks at the ends of lines", () => {
    assert.equal(
      renderTable(HEADER, ROWS, { paint: null, width: null }),
      [
        "profile     role                                cached",
        "dev         arn:aws:iam::123456789012:role/dev  no",
        "production  -                                   ends in 1h",
        "",
      ].join("\n"),
    );
  });

  test("may have more rows than a function takes arguments", () => {
    const many = Array.from({ length: 200_000 }, () => ROWS[0]);
    assert.equal(renderTable(HEADER, many, { paint: null, width: 80 }).split("\n").length, many.length + 2);
  });

  test("reads the same in colours", () => {
    const plain = renderTable(HEADER, ROWS, { paint: null, width: null });
    const coloured = renderTable(HEADER, ROWS, { paint, width: null });
    assert.notEqual(coloured, plain);
    const lines = stripVTControlCharacters(coloured).split("\n");
    assert.equal(lines.map((line) => line.trimEnd()).join("\n"), plain);
  });

  test("that is too wide is shown row by row, and nothing that one copies is broken", () => {
    const text = renderTable(HEADER, ROWS, { paint: null, width: 40 });
    assert.equal(
      text,
      [
        "profile dev",
        "  role",
        "    arn:aws:iam::123456789012:role/dev",
        "  cached  no",
        "",
        "profile production",
        "  role    -",
        "  cached  ends in 1h",
        "",
      ].join("\n"),
    );
    const veryNarrow = renderTable(HEADER, ROWS, { paint: null, width: 10 });
    assert.ok(veryNarrow.includes("arn:aws:iam::123456789012:role/dev"));
  });

  const FOUND = [
    [{ text: "store" }, { text: "warning", tone: "warn" }, { text: "a key file: weaker than a keychain or a TPM" }],
    [{ text: "" }, { text: "" }, { text: "with a keychain: `brevet init --store keychain`" }],
    [{ text: "config" }, { text: "good" }, { text: "it can be read" }],
    [{ text: "" }, { text: "" }, { text: "and written" }],
  ] as const;

  test("breaks its last column where that has room", () => {
    assert.equal(
      renderTable(["check", "result", "because"], FOUND, { paint: null, width: 50 }),
      [
        "check   result   because",
        "store   warning  a key file: weaker than a",
        "                 keychain or a TPM",
        "                 with a keychain:",
        "                 `brevet init --store keychain`",
        "config  good     it can be read",
        "                 and written",
        "",
      ].join("\n"),
    );
  });

  test("is a card for each row where the last column has little room, with what goes on with that row", () => {
    assert.equal(
      renderTable(["check", "result", "because"], FOUND, { paint: null, width: 32 }),
      [
        "check store",
        "  result   warning",
        "  because",
        "    a key file: weaker than a",
        "    keychain or a TPM",
        "    with a keychain:",
        "    `brevet init --store keychain`",
        "",
        "check config",
        "  result   good",
        "  because  it can be read",
        "           and written",
        "",
      ].join("\n"),
    );
  });

  test("has the form of all tables of the same answer", () => {
    const small = { header: ["store", ""], rows: [[{ text: "key" }, { text: "none" }]] };
    const wide = { header: HEADER, rows: ROWS };
    assert.deepEqual(renderTables([small, wide], { paint: null, width: 80 }), [
      "store\nkey    none\n",
      renderTable(HEADER, ROWS, { paint: null, width: 80 }),
    ]);
    assert.deepEqual(renderTables([small, wide], { paint: null, width: 40 }), [
      "store\n  key  none\n",
      renderTable(HEADER, ROWS, { paint: null, width: 40 }),
    ]);
  });

  test("stays in columns where a command is too long for every form", () => {
    const command = `\`gcloud auth login --cred-file=${"x".repeat(40)}\``;
    assert.equal(
      renderTable(["result", "check"], [[{ text: "ok" }, { text: `Google: ${command} signs in` }]], { paint: null, width: 40 }),
      `result  check\nok      Google:\n        ${command}\n        signs in\n`,
    );
  });

  test("shows no empty titles in a list of what goes on with a row", () => {
    assert.equal(
      renderTable(["check", "result", "because"], FOUND.slice(2), { paint: null, width: 20 }),
      "check config\n  result   good\n  because\n    it can be read\n    and written\n",
    );
  });

  test("is aligned by the columns that letters take", () => {
    assert.equal(
      renderTable(["name", "groups"], [[{ text: "田中" }, { text: "ops" }]], { paint: null, width: null }),
      "name  groups\n田中  ops\n",
    );
  });

  test("of two columns wraps the second one", () => {
    const rows = [[{ text: "key" }, { text: "a key file: weaker than a keychain" }]];
    assert.equal(
      renderTable(["store", ""], rows, { paint: null, width: 32 }),
      "store\nkey    a key file: weaker than a\n       keychain\n",
    );
  });

  test("cannot be drawn over by what is in it", () => {
    const rows = [[{ text: "a\u001b[2Jb\nc\u009bd" }, { text: "\u202eesrever\r" }]];
    const text = renderTable(["x", "y"], rows, { paint: null, width: null });
    assert.equal(text, `${"x".padEnd(18)}y\n${String.raw`a\x1b[2Jb c\x9bd  \u202eesrever\x0d`}\n`);
  });
});
