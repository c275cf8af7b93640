import assert from "node:assert/strict";
import { test } from "node:test";
import { inGroup, withFlag } from "./flag-groups.ts";

const FLAGS = {
  tag: { kind: "text", doc: "a tag" },
  key: { kind: "text", doc: "a key", needs: "tag" },
} as const;

test("flags that go with another need it, unless they need one of themselves; a heading alone needs nothing", () => {
  const { tag, key } = withFlag("role", FLAGS, ", for people");
  assert.deepEqual(tag, { group: "with --role, for people", needs: "role", ...FLAGS.tag });
  assert.deepEqual(key, { group: "with --role, for people", ...FLAGS.key });
  assert.deepEqual(inGroup("with --role", FLAGS).tag, { group: "with --role", ...FLAGS.tag });
});
