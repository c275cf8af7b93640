import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { defineCommand } from "./command.ts";
import { LISTED } from "./commands.ts";
import { commandHelp, groupHelp, programHelp } from "./help.ts";
import { SUMMARIES } from "./summaries.ts";

/** What may be longer than a line: what is typed, which is to be copied whole. */
function isTyped(line: string): boolean {
  return /^ {2}(brevet|role=)/.test(line) || /^ *`[^`]+`\S*$/.test(line);
}

describe("the help", () => {
  for (const width of [60, 80]) {
    test(`of every command fits a terminal of ${width} columns, and breaks no command`, async () => {
      const pages = await Promise.all(LISTED.map(async ({ load }) => commandHelp((await load()).command, width)));
      const lines = [programHelp(width), groupHelp("admin", width), ...pages].join("\n").split("\n");
      assert.deepEqual(
        lines.filter((line) => line.length > width && !isTyped(line)),
        [],
      );
      assert.deepEqual(
        lines.filter((line) => line.split("`").length % 2 === 0),
        [],
      );
    });
  }

  test("of a command tells what is needed, what may be left out, and what may be given several times", async () => {
    const command = defineCommand({
      path: "status",
      positionals: [
        { name: "NAME", doc: "whose", required: true },
        { name: "ARGS", doc: "its arguments", required: false, rest: true },
      ],
      flags: {
        audience: { kind: "texts", value: "URL", doc: "for whom" },
        form: { kind: "text", short: "f", doc: "how", choices: ["a", "b"] },
        key: { kind: "text", value: "FILE", doc: "by what", required: true },
      },
      examples: [{ line: "brevet status it", does: "tries it" }],
      run: async () => 0,
    });
    assert.deepEqual(commandHelp(command, 80).split("\n"), [
      SUMMARIES.status,
      "",
      "usage: brevet status NAME --key FILE [flags] [-- ARGS…]",
      "",
      "arguments:",
      "  NAME  whose",
      "  ARGS  its arguments",
      "",
      "flags:",
      "  --audience URL   for whom; may be given several times",
      "  -f, --form TEXT  how (a, b)",
      "  --key FILE       by what",
      "  -h, --help       show this help",
      "",
      "examples:",
      "  brevet status it",
      "      tries it",
      "",
    ]);
    assert.match(commandHelp(command, 40), /^ {2}-f, --form TEXT\n {18}how \(a, b\)\n {2}--key FILE {6}by what$/m);
  });
});
