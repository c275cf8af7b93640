import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { editConfig } from "./edit.ts";
import { parseConfig } from "./parse.ts";
import { readJsonc } from "./read-jsonc.ts";

const FILE = "config.json";

/** As somebody wrote it by hand: own order, own indentation, comments everywhere. */
const BY_HAND = `// mine
{
    /* devices */ "identities": {
        "laptop": { "kind": "device" }, // at home
    },

    "profiles": {
        // read only
        "dev":   { "identity": "laptop", "aws": { "roleArn": "arn:aws:iam::123456789012:role/dev" } },
        "prod":  { "via": "dev", "aws": {} } // ask first
    }
}
// the end
`;

describe("an edit", () => {
  test("starts a new config, in plain JSON, which is read the fastest", () => {
    const text = editConfig("", ["identities", "laptop"], { kind: "device" });
    assert.deepEqual(JSON.parse(text), { identities: { laptop: { kind: "device" } } });
    assert.ok(text.endsWith("}\n"));
    assert.deepEqual(readJsonc(text, FILE), { identities: { laptop: { kind: "device" } } });
  });

  test("leaves every other line as it is", () => {
    const text = editConfig(BY_HAND, ["profiles", "dev", "aws", "region"], "eu-west-1");
    const before = BY_HAND.split("\n");
    const kept = text.split("\n").filter((line) => before.includes(line));
    assert.equal(kept.length, before.length - 1);
    assert.equal(parseConfig(text, FILE).profiles.get("dev")?.options["region"], "eu-west-1");
  });

  test("adds a profile behind the last one, and takes it away to the byte", () => {
    const path = ["profiles", "new"];
    const added = editConfig(BY_HAND, path, { aws: {} });
    assert.deepEqual([...parseConfig(added, FILE).profiles.keys()], ["dev", "prod", "new"]);
    assert.equal(editConfig(added, path, undefined), BY_HAND);
  });

  test("keeps the ends of lines and the mark of an editor on Windows", () => {
    const windows = `\uFEFF${BY_HAND.replaceAll("\n", "\r\n")}`;
    const text = editConfig(windows, ["identities", "phone"], { kind: "device", signer: { kind: "software" } });
    assert.ok(text.startsWith("\uFEFF//"));
    assert.doesNotMatch(text, /[^\r]\n/);
    assert.deepEqual([...parseConfig(text, FILE).identities.keys()], ["laptop", "phone"]);
  });

  test("of nothing changes nothing", () => {
    assert.equal(editConfig(BY_HAND, ["profiles", "absent"], undefined), BY_HAND);
  });
});

const name = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,8}$/);
const option = fc.oneof(
  fc.string({ maxLength: 20 }),
  fc.integer(),
  fc.boolean(),
  fc.array(fc.string({ maxLength: 5 }), { maxLength: 3 }),
);
const options = fc.dictionary(name, option, { maxKeys: 4, noNullPrototype: true });
const comment = fc.constantFrom("", " ", "/* a */", "// b\n", "\n\n", "\t");

/** A config of these profiles, with comments and blanks wherever they may stand. */
function written(profiles: Readonly<Record<string, unknown>>, blanks: readonly string[], eol: string): string {
  let index = 0;
  const blank = (): string => blanks[index++ % blanks.length] ?? "";
  const members = Object.entries(profiles).map(
    ([key, value]) => `${blank()}${JSON.stringify(key)}${blank()}:${blank()}${JSON.stringify(value, null, 2)}${blank()}`,
  );
  return `${blank()}{${blank()}"profiles"${blank()}:{${members.join(",")}${blank()}}${blank()}}${blank()}`.replaceAll("\n", eol);
}

/** Whether a text is what is left of a longer one when some of its characters are taken out. */
function isWithin(text: string, longer: string): boolean {
  let at = 0;
  for (const character of longer) if (character === text[at]) at += 1;
  return at === text.length;
}

test("what is set is what is read, and everything else stays", () => {
  fc.assert(
    fc.property(
      fc.dictionary(name, options, { maxKeys: 4, noNullPrototype: true }),
      fc.array(comment, { minLength: 1, maxLength: 6 }),
      fc.constantFrom("\n", "\r\n"),
      name,
      options,
      (present, blanks, eol, added, value) => {
        const profiles = Object.fromEntries(Object.entries(present).map(([key, aws]) => [key, { aws }]));
        const text = written(profiles, blanks, eol);
        const edited = editConfig(text, ["profiles", added], { aws: value });
        const expected = Object.fromEntries([...Object.entries(profiles), [added, { aws: value }]]);
        assert.deepEqual((readJsonc(edited, FILE) as { profiles: unknown }).profiles, expected);
        const comments = (of: string): readonly string[] => of.match(/\/\* a \*\/|\/\/ b/g) ?? [];
        assert.deepEqual(comments(edited), comments(text));
        if (!(added in profiles)) {
          const [before, after] = [text, edited].map((of) => (Object.keys(profiles).length === 0 ? of.replace(/\s/g, "") : of));
          assert.ok(isWithin(before ?? "", after ?? ""), "every byte that was there is there still, in its order");
          const removed = editConfig(edited, ["profiles", added], undefined);
          assert.deepEqual((readJsonc(removed, FILE) as { profiles: unknown }).profiles, profiles);
        }
      },
    ),
    { numRuns: 1000 },
  );
});
