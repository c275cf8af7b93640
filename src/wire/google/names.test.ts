import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseProject, parseServiceAccount } from "./names.ts";

const TAKEN: readonly [name: string, parse: typeof parseProject, good: readonly string[], bad: readonly string[]][] = [
  [
    "a project",
    parseProject,
    ["my-project", "example.com:my-project", "123456789012", "a".repeat(30)],
    ["", "My Project", "my", "my_project", "my-project-", "1abcdef", "a".repeat(31), "my-project/x", "my-project\n"],
  ],
  [
    "a service account",
    parseServiceAccount,
    [
      "deploy@my-project.iam.gserviceaccount.com",
      "deploy@my-project.example.com.iam.gserviceaccount.com",
      "123-compute@developer.gserviceaccount.com",
      "my-project@appspot.gserviceaccount.com",
      "my-project.example.com@appspot.gserviceaccount.com",
      "example.com:my-project@appspot.gserviceaccount.com",
    ],
    ["", "deploy", "ann@example.com", "deploy@my project.iam.gserviceaccount.com"],
  ],
];

for (const [name, parse, good, bad] of TAKEN) {
  describe(name, () => {
    for (const text of good) it(`may be ${JSON.stringify(text).slice(0, 60)}`, () => assert.equal(parse(text, "--flag"), text));
    for (const text of bad) {
      it(`is not ${JSON.stringify(text).slice(0, 60)}`, () => {
        assert.throws(() => parse(text, "--flag"), { code: "NAME_INVALID", message: /^--flag: / });
      });
    }
  });
}
