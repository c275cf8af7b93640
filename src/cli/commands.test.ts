import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { COMMANDS, findCommand, LISTED } from "./commands.ts";
import { commandHelp } from "./help.ts";
import { parseArguments } from "./parse-arguments.ts";
import { SUMMARIES } from "./summaries.ts";

for (const { path, load, aliasOf, hidden } of COMMANDS) {
  describe(`brevet ${path}`, () => {
    test("is the command of that file", async () => {
      assert.ok([path, aliasOf].includes((await load()).command.path));
      if (aliasOf !== undefined) assert.ok(LISTED.some((entry) => entry.path === aliasOf));
    });

    test("says what it does in one line, and each of its words and flags too", async () => {
      const { command } = await load();
      const docs = [SUMMARIES[command.path], ...(command.positionals ?? []), ...Object.values(command.flags)].map((entry) =>
        typeof entry === "string" ? entry : entry.doc,
      );
      for (const doc of docs) assert.match(doc, /^[^\s].*[^.\s]$/, doc);
    });

    test("has flags that contradict or need only what there is", async () => {
      const { flags, positionals = [] } = (await load()).command;
      const known = [...Object.keys(flags), ...positionals.map(({ name }) => name)];
      for (const [name, { excludes = [], needs = name, needsValue }] of Object.entries(flags)) {
        for (const other of [...excludes, needs]) assert.ok(known.includes(other), `--${name}: ${other}`);
        if (needsValue !== undefined) assert.ok(flags[needs]?.choices?.includes(needsValue), `--${name}: ${needsValue}`);
      }
    });

    test("has examples, and they are accepted", async () => {
      const { command } = await load();
      assert.ok(hidden === true || command.examples.length > 0);
      for (const { line } of command.examples) {
        const calls = [...line.matchAll(/brevet ([^|<>")]*)/g)].map(([, words = ""]) => words.trim().split(/\s+/));
        assert.ok(calls.length > 0, line);
        for (const words of calls) {
          const found = findCommand(words);
          assert.ok(found !== null, line);
          parseArguments((await found.entry.load()).command, found.rest);
        }
      }
    });

    test("fits a help page of a hundred columns, but for what is typed", async () => {
      const { command } = await load();
      const typed = new Set([...command.examples.map(({ line }) => line), ...Object.keys(command.flags)]);
      for (const line of commandHelp(command, 100).split("\n")) {
        if ([...typed].some((text) => line.includes(text)) || line.startsWith("usage:")) continue;
        assert.ok(line.length <= 100, line);
      }
    });
  });
}

test("each line of the list is one of these commands, in their order", async () => {
  const paths = await Promise.all(COMMANDS.map(async ({ load }) => (await load()).command.path));
  assert.deepEqual(Object.keys(SUMMARIES), [...new Set(paths)]);
});

test("the longest name wins, and what is left are its words", () => {
  assert.deepEqual(findCommand(["token", "inspect", "--json"])?.rest, ["--json"]);
  assert.equal(findCommand(["token", "inspect"])?.entry.path, "token inspect");
  assert.equal(findCommand(["token", "--audience", "inspect"])?.entry.path, "token");
  assert.equal(findCommand(["cache"]), null);
  assert.equal(findCommand([]), null);
});
