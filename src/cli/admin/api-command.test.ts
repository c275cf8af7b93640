import assert from "node:assert/strict";
import { test } from "node:test";
import type { Context } from "../command.ts";
import { API_FLAGS, defineApiCommand } from "./api-command.ts";

test("what a server says is printed so that it does nothing to the terminal", async () => {
  const { run } = defineApiCommand({
    path: "admin rules try",
    flags: API_FLAGS,
    examples: [],
    perform: async () => ({ value: null, shown: { printed: "allowed by the rule \u001b[2Jdev\u202e\n" } }),
  });
  const printed: string[] = [];
  const context = { compose: { serverApi: async () => ({}) }, output: (text: string) => void printed.push(text) };
  await run({ flags: { identity: undefined, json: false }, words: {} } as never, context as unknown as Context);
  assert.deepEqual(printed, ["allowed by the rule \\x1b[2Jdev\\u202e\n"]);
});
