import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseAwsConfig, printAwsConfig } from "./parse.ts";
import { appendSection, cutSection, findProfile, setKeys } from "./profile.ts";

/** The least milliseconds of CPU that this process spends in `work`: what else runs on the machine only ever adds to it. */
function leastCpuMs(work: () => void): number {
  const runs = Array.from({ length: 5 }, () => {
    const before = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  });
  return Math.min(...runs);
}

/** All that is done to a file when a profile is added, changed and taken away. */
function editOnce(text: string): void {
  const config = parseAwsConfig(text, "config");
  assert.equal(printAwsConfig(config), text);
  const added = appendSection(config, ["[profile brevet]", "region = a"]);
  const withProfile = parseAwsConfig(added.text, "config");
  const section = findProfile(withProfile, "brevet");
  assert.ok(section !== null);
  assert.match(setKeys(withProfile, section, { region: "b" }), /region = b\n$/);
  assert.equal(cutSection(withProfile, section, added.gap), text);
}

const SHAPES: Readonly<Record<string, (size: number) => string>> = {
  profiles: (size) => Array.from({ length: size }, (_, n) => `[profile p${n}]\nregion = eu-west-1\noutput = json\n`).join("\n"),
  keys: (size) => `[default]\n${Array.from({ length: size * 3 }, (_, n) => `key${n} = v\n`).join("")}`,
  "lines of a value": (size) => `[default]\ns3 =\n${"  max = 1\n".repeat(size * 3)}`,
  "spaces in a line": (size) => `[default]\nkey = a${" ".repeat(size * 30)}b\n`,
  "spaces before a sign": (size) => `[default]\nkey a${" ".repeat(size * 30)}b = c\n`,
};

describe("an AWS config file", () => {
  for (const [name, make] of Object.entries(SHAPES)) {
    it(`with four times the ${name} takes about four times as long, not sixteen`, () => {
      const [small, large] = [make(4000), make(16_000)];
      const base = Math.max(
        2,
        leastCpuMs(() => editOnce(small)),
      );
      const taken = leastCpuMs(() => editOnce(large));
      assert.ok(taken < base * 10, `${taken} ms for four times what took ${base} ms`);
    });
  }

  it("is stripped of what Python takes for white space, and of nothing else", () => {
    const { sections } = parseAwsConfig("[a]\nx\u001c=\u0085 v\u00a0w \u3000\ny = \ufeffz\n", "config");
    assert.deepEqual(
      sections[0]?.keys.map(({ name, value }) => [name, value]),
      [
        ["x", "v\u00a0w"],
        ["y", "\ufeffz"],
      ],
    );
  });

  it("splits a line at the first sign of the two", () => {
    const { sections } = parseAwsConfig("[a]\nx:b=c\ny =: d\nz=\n", "config");
    assert.deepEqual(
      sections[0]?.keys.map(({ name, value }) => [name, value]),
      [
        ["x", "b=c"],
        ["y", ": d"],
        ["z", ""],
      ],
    );
  });
});
