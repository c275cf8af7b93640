import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { Fault } from "../../../src/core/fault.ts";
import { parseAwsConfig, printAwsConfig } from "../../../src/wire/aws-config/parse.ts";
import {
  appendSection,
  cutSection,
  findProfile,
  profileHeader,
  profileNames,
  setKeys,
} from "../../../src/wire/aws-config/profile.ts";

const reader = fileURLToPath(new URL("read_configs.py", import.meta.url));

interface Reading {
  readonly sections: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly profiles: readonly string[];
}

/** What the real botocore makes of each text; null where it refuses the file. */
function readByBotocore(texts: readonly string[]): readonly (Reading | null)[] {
  const { status, stdout, stderr } = spawnSync("python3", [reader], {
    input: JSON.stringify(texts),
    encoding: "utf8",
    env: { ...process.env, PYTHONUTF8: "1" },
    maxBuffer: 1 << 28,
  });
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout) as (Reading | null)[];
}

function readByUs(text: string): Reading | null {
  try {
    const config = parseAwsConfig(text, "config");
    const sections = config.sections.map((section) => [
      section.header,
      Object.fromEntries(section.keys.map(({ name, value }) => [name, value])),
    ]);
    return { sections: Object.fromEntries(sections), profiles: [...new Set(profileNames(config))].sort() };
  } catch (error) {
    assert.ok(error instanceof Fault && error.code === "AWS_CONFIG_MALFORMED", String(error));
    return null;
  }
}

const header = fc.oneof(
  fc.integer({ min: 1, max: 30 }).map((n) => `[profile p${n}]`),
  fc.constantFrom(
    "[default]",
    '[profile "my team"]',
    "[profile  x ]",
    "[sso-session a]",
    "[profile x] # why",
    "  [services b]",
    "[]",
    "[a",
  ),
);
const entry = fc.oneof(
  fc.integer({ min: 1, max: 30 }).map((n) => `key${n} = value ${n}`),
  fc.constantFrom(
    "region = eu-west-1",
    "s3 =",
    "  max_concurrent_requests = 20",
    "\tx:y",
    "output=json",
    "KEY = Value",
    "a = [b]",
  ),
);
const filler = fc.constantFrom("# comment", " ; indented comment", "", "  ", "a = b # not a comment", "    deeper = 1");
const stray = fc.oneof(
  fc.constantFrom("= value", "no delimiter"),
  fc.string({
    unit: fc.constantFrom("[", "]", "=", ":", " ", "\t", "#", ";", "a", "B", "'", '"', "\\", "é", "\u00a0", "\u0085", "\u001c"),
    maxLength: 12,
  }),
);
const line = fc.oneof(
  { arbitrary: header, weight: 4 },
  { arbitrary: entry, weight: 8 },
  { arbitrary: filler, weight: 4 },
  { arbitrary: stray, weight: 1 },
);
const configText = fc
  .record({
    first: fc.oneof({ arbitrary: header, weight: 9 }, { arbitrary: line, weight: 1 }),
    rest: fc.array(fc.tuple(fc.constantFrom("\n", "\n", "\n", "\r\n", "\r"), line), { maxLength: 12 }),
    end: fc.constantFrom("", "\n", "\r\n", "\n\n", "\r"),
  })
  .map(({ first, rest, end }) => first + rest.flat().join("") + end);

test("we read what botocore reads, and refuse what it refuses", () => {
  const texts = fc.sample(configText, { numRuns: 1500, seed: 2026 });
  const readings = readByBotocore(texts);
  for (const [index, text] of texts.entries()) assert.deepEqual(readByUs(text), readings[index], JSON.stringify(text));
  const accepted = readings.filter((reading) => reading !== null && Object.keys(reading.sections).length > 0).length;
  assert.ok(accepted > 500, `only ${accepted} of the texts say anything`);
});

test("after an edit botocore reads the new values, and every other section as before", () => {
  const texts = fc.sample(configText, { numRuns: 1200, seed: 7 }).filter((text) => readByUs(text) !== null);
  const profile = { credential_process: '"/opt/my tools/brevet" credential aws --profile new', region: "eu-west-3" };
  const edited = texts.map((text) => {
    const config = parseAwsConfig(text, "config");
    const lines = [profileHeader("new"), ...Object.entries(profile).map(([key, value]) => `${key} = ${value}`)];
    const { text: appended, gap } = appendSection(config, lines);
    const grown = parseAwsConfig(appended, "config");
    const section = findProfile(grown, "new");
    assert.ok(section !== null, JSON.stringify(text));
    assert.equal(cutSection(grown, section, gap), text);
    const changed = setKeys(grown, section, { region: "us-east-2", s3: "\n  addressing_style = path" });
    const followed = appendSection(grown, ["[profile later]", "region = x"]).text;
    const between = parseAwsConfig(followed, "config");
    const cut = cutSection(between, findProfile(between, "new") ?? section, gap);
    return { text, appended, changed, cut };
  });
  const before = readByBotocore(edited.map(({ text }) => text));
  const appended = readByBotocore(edited.map(({ appended }) => appended));
  const changed = readByBotocore(edited.map(({ changed }) => changed));
  const cut = readByBotocore(edited.map(({ cut }) => cut));
  for (const [index, { text }] of edited.entries()) {
    const rest = before[index]?.sections;
    assert.deepEqual(appended[index]?.sections, { ...rest, "profile new": profile }, JSON.stringify(text));
    const expected = { ...profile, region: "us-east-2", s3: "\naddressing_style = path" };
    assert.deepEqual(changed[index]?.sections, { ...rest, "profile new": expected }, JSON.stringify(text));
    assert.deepEqual(cut[index]?.sections, { ...rest, "profile later": { region: "x" } }, JSON.stringify(text));
  }
  assert.ok(edited.length > 500);
});

test("each key of any section can be set without a change elsewhere", () => {
  const texts = fc.sample(configText, { numRuns: 800, seed: 99 });
  const edits: { readonly edited: string; readonly expected: Reading["sections"] }[] = [];
  for (const text of texts) {
    const before = readByUs(text);
    if (before === null) continue;
    const config = parseAwsConfig(text, "config");
    for (const section of config.sections) {
      for (const key of ["region", ...section.keys.map(({ name }) => name)]) {
        edits.push({
          edited: setKeys(config, section, { [key]: "new" }),
          expected: { ...before.sections, [section.header]: { ...before.sections[section.header], [key]: "new" } },
        });
      }
    }
  }
  const readings = readByBotocore(edits.map(({ edited }) => edited));
  for (const [index, { edited, expected }] of edits.entries()) {
    assert.deepEqual(readings[index]?.sections, expected, JSON.stringify(edited));
  }
  assert.ok(edits.length > 1000);
});

test("any text is refused or printed back byte for byte", () => {
  const anyText = fc.oneof(configText, fc.string({ unit: "binary", maxLength: 60 }));
  fc.assert(
    fc.property(anyText, (text) => {
      let config: ReturnType<typeof parseAwsConfig>;
      try {
        config = parseAwsConfig(text, "config");
      } catch (error) {
        assert.ok(error instanceof Fault && error.code === "AWS_CONFIG_MALFORMED");
        return;
      }
      assert.equal(printAwsConfig(config), text);
    }),
    { numRuns: 2000 },
  );
});
