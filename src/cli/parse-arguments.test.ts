import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { Fault } from "../core/fault.ts";
import { defineCommand } from "./command.ts";
import { parseArguments } from "./parse-arguments.ts";

const command = defineCommand({
  path: "exec",
  positionals: [
    { name: "NAME", doc: "a name", required: true },
    { name: "COLOUR", doc: "a colour", required: false, choices: ["red", "blue"] },
    { name: "WORD", doc: "the rest", required: false, rest: true },
  ],
  flags: {
    profile: { kind: "text", value: "NAME", short: "p", doc: "a text" },
    tag: { kind: "texts", value: "TAG", doc: "many texts" },
    shell: { kind: "text", value: "SHELL", choices: ["bash", "fish"], doc: "one of some" },
    json: { kind: "switch", short: "j", doc: "a switch" },
  },
  examples: [],
  run: async () => 0,
});

const parse = (...words: readonly string[]) => parseArguments(command, words);

describe("arguments", () => {
  test("that are absent are undefined, empty or false", () => {
    assert.deepEqual(parse("a"), {
      flags: { profile: undefined, tag: [], shell: undefined, json: false },
      words: { NAME: "a" },
      rest: [],
    });
  });

  test("are read in every form and order", () => {
    const flags = { profile: "dev", tag: ["x", "y=z"], shell: "fish", json: true };
    for (const words of [
      ["--profile", "dev", "--tag", "x", "--tag", "y=z", "--shell", "fish", "--json", "a"],
      ["a", "--json", "--profile=dev", "--tag=x", "--tag=y=z", "--shell=fish"],
      ["-jp", "dev", "a", "--tag", "x", "--shell=fish", "--tag", "y=z"],
      ["-pdev", "-j", "--tag", "x", "a", "--tag=y=z", "--shell", "fish"],
    ]) {
      assert.deepEqual(parse(...words), { flags, words: { NAME: "a" }, rest: [] }, words.join(" "));
    }
  });

  test("behind -- are words, whatever they look like", () => {
    const { flags, words, rest } = parse("a", "red", "--", "ls", "--json", "-p", "--", "-h");
    assert.deepEqual([flags["json"], words, rest], [false, { NAME: "a", COLOUR: "red" }, ["ls", "--json", "-p", "--", "-h"]]);
  });

  test("may begin with a minus where the flag says so, or be a number", () => {
    assert.equal(parse("a", "--profile=-x").flags["profile"], "-x");
    assert.equal(parse("a", "--profile", "-5").flags["profile"], "-5");
    assert.equal(parse("a", "--profile", "-").flags["profile"], "-");
  });

  test("may be an id that begins with a dash, of a key, a session or a passkey, in its place among the others", () => {
    const flags = { profile: undefined, tag: [], shell: undefined, json: true };
    for (const id of [`-3${"a".repeat(41)}`, `--${"b_-".repeat(13)}cd`, "-jEzMYzy3AWh1eXTH0tJoY", "-hEzMYzy3AWh1eXTH0tJoY"]) {
      assert.deepEqual(parse("--json", id), { flags, words: { NAME: id }, rest: [] });
      assert.deepEqual(parse("--json", "a", "red", id), { flags, words: { NAME: "a", COLOUR: "red" }, rest: [id] });
      assert.deepEqual(parse("a", "--profile", id).flags["profile"], id);
    }
    assert.equal(parse("a", "-pMyOwnAndRatherLongName1").flags["profile"], "MyOwnAndRatherLongName1");
  });

  test("given twice count as given last", () => {
    assert.equal(parse("a", "--profile", "dev", "--profile", "prod").flags["profile"], "prod");
  });
});

/** The command takes a program with flags of its own. */
const DASHES = "a program's own flags come after two dashes: `-- PROGRAM --flag`";

describe("what cannot be meant is refused", () => {
  for (const [words, hint] of [
    [[], null],
    [["a", "--profil", "x"], "did you mean --profile?"],
    [["a", "--no-json"], DASHES],
    [["a", "--nothing-like-it"], DASHES],
    [["a", "-x"], DASHES],
    [["a", "--a-flag-that-there-is-none-of"], DASHES],
    [["a", "red", "ls", "--json"], DASHES],
    [["a", "red", "ls", "b", "--profile=x"], DASHES],
    [["a", "--profile"], null],
    [["a", "--profile", ""], null],
    [["a", "--profile="], null],
    [["a", "--profile", "--json"], null],
    [["a", "-p", "-j"], null],
    [["a", "--tag", "--", "b"], null],
    [["a", "--shell", "tcsh"], null],
    [["a", "--json=true"], null],
    [["a", "green"], null],
    [["a", "--__proto__", "x"], DASHES],
    [["a", "--constructor"], DASHES],
  ] as const) {
    test(words.join(" ") || "nothing at all", () => {
      assert.throws(
        () => parse(...words),
        (fault) => {
          assert.ok(fault instanceof Fault && fault.code === "USAGE_INVALID", String(fault));
          assert.deepEqual(fault.hints, [hint ?? "run `brevet exec --help`"]);
          return true;
        },
      );
    });
  }
});

describe("what does not go together is refused, with what to type instead", () => {
  const setup = defineCommand({
    path: "setup aws",
    positionals: [{ name: "NAME", doc: "a name", required: false }],
    flags: {
      role: { kind: "text", value: "ARN", doc: "join a role", excludes: ["policy"] },
      policy: { kind: "texts", value: "POLICY", doc: "make a role" },
      tag: { kind: "text", value: "TAG", doc: "a tag", needs: "policy" },
      via: { kind: "text", value: "PROFILE", doc: "go on", needs: "role" },
      by: { kind: "text", value: "METHOD", doc: "how", choices: ["secret", "file"] },
      file: { kind: "text", value: "FILE", doc: "which", needs: "by", needsValue: "file" },
      all: { kind: "switch", short: "a", doc: "all of them", excludes: ["NAME"] },
    },
    examples: [],
    run: async () => 0,
  });
  const help = "leave one of them out, or run `brevet setup aws --help`";
  for (const [words, message, hints] of [
    [["--role", "r", "--policy", "p"], "--policy does not go with --role", [help]],
    [["--policy=p", "--role=r"], "--policy does not go with --role", [help]],
    [["one", "-a"], '"one" does not go with -a', [help]],
    [["--tag", "t"], "--tag does not go without --policy", ["`--policy POLICY`: make a role", "or leave --tag out"]],
    [
      ["--tag", "t", "--role", "r"],
      "--tag does not go with --role",
      ["`--policy POLICY` in place of --role: make a role", "or leave --tag out"],
    ],
    [
      ["--policy", "p", "--via", "v"],
      "--via does not go with --policy",
      ["`--role ARN` in place of --policy: join a role", "or leave --via out"],
    ],
    [["--file=f"], "--file does not go without --by file", ["`--by file` takes it", "or leave --file out"]],
    [["--file=f", "--by", "secret"], "--file does not go without --by file", ["`--by file` takes it", "or leave --file out"]],
    [
      ["--file=f", "--by=file", "--by=secret"],
      "--file does not go without --by file",
      ["`--by file` takes it", "or leave --file out"],
    ],
  ] as const) {
    test(words.join(" "), () =>
      assert.throws(() => parseArguments(setup, words), { code: "USAGE_INVALID", message, hints: [...hints] }),
    );
  }

  test("and what goes together is not", () => {
    for (const words of [
      ["--role=r", "--via=v"],
      ["--policy=p", "--tag=t", "one"],
      ["-a"],
      ["--file=f", "--by=secret", "--by=file"],
    ])
      parseArguments(setup, words);
  });
});

test("a flag that the command does nothing without is asked for, behind the words that are missing", () => {
  const needing = defineCommand({
    path: "serve restore",
    positionals: [{ name: "FILE", doc: "what to restore", required: true }],
    flags: { key: { kind: "text", value: "FILE", doc: "its key", required: true } },
    examples: [],
    run: async () => 0,
  });
  const message = (what: string) => ({ code: "USAGE_INVALID", message: `\`brevet serve restore\` needs ${what}` });
  assert.throws(() => parseArguments(needing, []), message("FILE: what to restore"));
  assert.throws(() => parseArguments(needing, ["a"]), message("--key FILE: its key"));
  assert.equal(parseArguments(needing, ["a", "--key", "b"]).flags["key"], "b");
});

test("any words give values of the declared types, or a usage fault", () => {
  const word = fc.oneof(
    fc.string({ maxLength: 6 }),
    fc.constantFrom("--profile", "-p", "--tag=", "--json", "-jp", "--", "--shell", "bash", "-"),
  );
  fc.assert(
    fc.property(fc.array(word, { maxLength: 8 }), (words) => {
      try {
        const { flags, rest } = parse(...words);
        assert.equal(typeof flags["json"], "boolean");
        assert.ok(Array.isArray(flags["tag"]) && Array.isArray(rest));
        assert.ok(flags["shell"] === undefined || ["bash", "fish"].includes(String(flags["shell"])));
      } catch (cause) {
        assert.ok(cause instanceof Fault && cause.code === "USAGE_INVALID", String(cause));
      }
    }),
    { numRuns: 3000 },
  );
});
