import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseAwsConfig } from "./parse.ts";
import { appendSection, cutSection, findProfile, profileHeader, profileNames, setKeys } from "./profile.ts";

const NEW = ["[profile new]", "region = a"];

function sectionOf(text: string, name: string) {
  const config = parseAwsConfig(text, "config");
  const section = findProfile(config, name);
  assert.ok(section !== null, `no profile ${name}`);
  return { config, section };
}

function set(text: string, values: Readonly<Record<string, string>>): string {
  const { config, section } = sectionOf(text, "a");
  return setKeys(config, section, values);
}

describe("the profiles of an AWS config", () => {
  it("are [default], and sections whose header is `profile` and one word", () => {
    const headers = ["default", "profile a", 'profile "my team"', "profile 'b c'", "profile a b", "sso-session s", "plain"];
    const config = parseAwsConfig(headers.map((header) => `[${header}]\n`).join(""), "config");
    assert.deepEqual(profileNames(config), ["default", "a", "my team", "b c"]);
    assert.deepEqual(profileNames(config, "credentials"), headers);
  });

  it("are found by the later of two spellings, as the SDKs do", () => {
    const { section } = sectionOf('[profile a]\nx = 1\n[profile "a"]\nx = 2\n', "a");
    assert.equal(section.keys[0]?.value, "2");
  });

  it("have headers that are read as the name that was written", () => {
    for (const name of ["default", "a.b-c", "my team"])
      assert.deepEqual(profileNames(parseAwsConfig(profileHeader(name), "config")), [name]);
  });

  it("hold no comment, whichever sign it begins with", () => {
    const { section } = sectionOf("[profile a]\n# x = 1\n; y = 2\nz = 3\n", "a");
    assert.deepEqual(
      section.keys.map(({ name }) => name),
      ["z"],
    );
  });
});

describe("keys that are set in a profile", () => {
  const cases: readonly (readonly [what: string, before: string, values: Readonly<Record<string, string>>, after: string])[] = [
    ["keep their place and spelling", "[profile a]\nX=1\ny = 2\n", { x: "3" }, "[profile a]\nX= 3\ny = 2\n"],
    ["follow the last, with its indent", "[profile a]\n  x = 1\n# c\n", { y: "2" }, "[profile a]\n  x = 1\n  y = 2\n# c\n"],
    ["have the line ends of the file", "[profile a]\r\nx = 1\r\n", { y: "2" }, "[profile a]\r\nx = 1\r\ny = 2\r\n"],
    ["end a last line that had no end", "[profile a]\nx = 1", { y: "2" }, "[profile a]\nx = 1\ny = 2\n"],
    ["replace all lines of a value", "[profile a]\nx =\n  b = 1\n  c = 2\ny = 3\n", { x: "4" }, "[profile a]\nx = 4\ny = 3\n"],
    ["go on with deeper lines", "[profile a]\n", { s3: "\nb = 1" }, "[profile a]\ns3 =\n  b = 1\n"],
    ["change nothing where they say the same", "[profile a]\nx   =   1\n", { x: "1" }, "[profile a]\nx   =   1\n"],
  ];
  for (const [what, before, values, after] of cases) it(what, () => assert.equal(set(before, values), after));
});

describe("a section that is added and cut again", () => {
  for (const text of ["", "[default]\n", "[default]", "[default]\n\n", "[default]\r\n", "\n"]) {
    it(`leaves ${JSON.stringify(text)} as it was`, () => {
      const added = appendSection(parseAwsConfig(text, "config"), NEW);
      const { config, section } = sectionOf(added.text, "new");
      assert.equal(cutSection(config, section, added.gap), text);
    });
  }

  it("takes the empty line before it, unless that was there first", () => {
    const text = "[default]\n\n[profile new]\nregion = a\n[profile b]\n";
    const { config, section } = sectionOf(text, "new");
    assert.equal(cutSection(config, section, null), "[default]\n[profile b]\n");
    assert.equal(cutSection(config, section, ""), "[default]\n\n[profile b]\n");
  });
});
