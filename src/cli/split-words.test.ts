import assert from "node:assert/strict";
import { test } from "node:test";
import { parseArgs } from "node:util";
import fc from "fast-check";
import type { FlagTable } from "./command.ts";
import { splitWords } from "./split-words.ts";

const flags: FlagTable = {
  profile: { kind: "text", short: "p", doc: "" },
  tag: { kind: "texts", short: "t", doc: "" },
  json: { kind: "switch", short: "j", doc: "" },
  help: { kind: "switch", short: "h", doc: "" },
};

const options = Object.fromEntries(
  Object.entries(flags).map(([name, { kind, short = "" }]) => [
    name,
    { type: kind === "switch" ? ("boolean" as const) : ("string" as const), multiple: kind === "texts", short },
  ]),
);

const part = fc
  .constantFrom("--", "-", "--profile", "--profile=", "--profile=a=b", "-p", "-pdev", "-jp", "-jpx", "-jh", "--json", "--json=no")
  .chain((known) =>
    fc.constantFrom(known, "--unknown", "--unknown=1", "-x", "-xp", "-5", "dev", "", "a b", "--tag", "-t", "-tj", "--=x"),
  );

test("words are split as node:util splits them", () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(part, fc.constantFrom("--profile", "-p", "-pdev", "-jp", "-jpx", "-jh", "--json", "--")), {
        maxLength: 8,
      }),
      (words) => {
        const { tokens } = parseArgs({ args: words, options, allowPositionals: true, strict: false, tokens: true });
        const terminator = tokens.find(({ kind }) => kind === "option-terminator");
        const theirs = tokens.flatMap((token): object[] => {
          if (token.kind === "option-terminator") return [];
          const literal = terminator !== undefined && token.index > terminator.index ? { literal: true } : {};
          if (token.kind === "positional") return [{ kind: "word", word: token.value, ...literal }];
          const value = token.value === undefined ? {} : { value: token.value, inline: token.inlineValue };
          return [{ kind: "flag", name: token.name, rawName: token.rawName, ...value }];
        });
        assert.deepEqual(splitWords(words, flags), theirs);
      },
    ),
    { numRuns: 5000 },
  );
});
