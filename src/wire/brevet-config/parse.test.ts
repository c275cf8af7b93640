import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { Fault } from "../../core/fault.ts";
import type { Place } from "../../core/place.ts";
import { emptyConfig } from "./config.ts";
import { parseConfig } from "./parse.ts";

const FILE = "config.json";

function faultOf(text: string): Fault {
  try {
    parseConfig(text, FILE);
  } catch (cause) {
    assert.ok(cause instanceof Fault, `${text}: ${cause}`);
    return cause;
  }
  throw new assert.AssertionError({ message: `this was accepted: ${text}` });
}

describe("a config", () => {
  test("that is empty is that of a new user", () => {
    for (const text of ["", " \r\n\t", "{}", "\uFEFF", "\uFEFF{}", "// nothing yet\n{}", "{/* */}"]) {
      assert.deepEqual(parseConfig(text, FILE), emptyConfig(FILE));
    }
  });

  test("has identities and profiles, each with the options that its kind checks", () => {
    const { identities, profiles, store } = parseConfig(
      `\uFEFF{
        "$schema": "https://example.com/schema.json", // for the editor
        "identities": { "laptop": { "kind": "device", "signer": "software" } },
        "profiles": {
          "only": { "aws": {} },
          "dev": { "identity": "laptop", "aws": { "roleArn": "x" } },
          "prod": { "via": "dev", "interactive": "never", "aws": {} }, /* trailing comma: */
        },
        "store": { "guard": "file", "runKey": false },
      }`,
      FILE,
    );
    const said = <T extends { readonly place: Place }>(entries: ReadonlyMap<string, T>) =>
      [...entries.values()].map(({ place, ...entry }) => ({ ...entry, place: `${place}` }));
    assert.deepEqual(said(identities), [
      { name: "laptop", kind: "device", options: { signer: "software" }, place: `identities.laptop in ${FILE}` },
    ]);
    assert.deepEqual(
      said(profiles).map(({ place: _, ...profile }) => profile),
      [
        { name: "only", source: { kind: "identity", name: undefined }, exchange: "aws", options: {}, interactive: "auto" },
        {
          name: "dev",
          source: { kind: "identity", name: "laptop" },
          exchange: "aws",
          options: { roleArn: "x" },
          interactive: "auto",
        },
        { name: "prod", source: { kind: "via", profile: "dev" }, exchange: "aws", options: {}, interactive: "never" },
      ],
    );
    assert.deepEqual(store, { guard: "file", runKey: false });
  });
});

describe("the place of a mistake is told by line and column", () => {
  for (const [text, place] of [
    ["{", "1:2"],
    ['{\n  "profiles": {\n    "dev": 1\n    "prod": 2\n  }\n}', "4:5"],
    ['{\r\n  "profiles" {}\r\n}', "2:14"],
    ["{} x", "1:4"],
    ['{ "a": undefined }', "1:8"],
    ['{ "profiles": {}, "profiles": {} }', "1:19"],
    [`${"\n".repeat(9)}${"[".repeat(100_000)}`, "10:33"],
  ] as const) {
    test(`${JSON.stringify(text.slice(0, 40))} at ${place}`, () => {
      const fault = faultOf(text);
      assert.equal(fault.code, "CONFIG_MALFORMED");
      assert.equal(/config\.json:(\d+:\d+)/.exec(fault.message)?.[1], place);
    });
  }
});

describe("what has the wrong shape is a fault that names its place", () => {
  for (const [text, at] of [
    ["[]", "the config"],
    ["null", "the config"],
    ['"text"', "the config"],
    ['{"identities":[]}', "identities"],
    ['{"identities":{"a":1}}', "identities.a"],
    ['{"identities":{"a":{}}}', "identities.a.kind"],
    ['{"identities":{"a":{"kind":1}}}', "identities.a.kind"],
    ['{"profiles":{"a":{}}}', "profiles.a"],
    ['{"profiles":{"a":{"aws":1}}}', "profiles.a.aws"],
    ['{"profiles":{"a":{"aws":null}}}', "profiles.a.aws"],
    ['{"profiles":{"a":{"identity":1,"aws":{}}}}', "profiles.a.identity"],
    ['{"profiles":{"a":{"via":null,"aws":{}}}}', "profiles.a.via"],
    ['{"profiles":{"a":{"identity":"x","via":"y","aws":{}}}}', "profiles.a"],
    ['{"profiles":{"a":{"interactive":true,"aws":{}}}}', "profiles.a.interactive"],
    ['{"store":"file"}', "store"],
    ['{"store":{"guard":"safe"}}', "store.guard"],
    ['{"store":{"runKey":"no"}}', "store.runKey"],
  ] as const) {
    test(text, () => {
      const { code, details } = faultOf(text);
      assert.deepEqual([code, details["at"]], ["CONFIG_MALFORMED", at]);
    });
  }
});

describe("a key that brevet does not know is refused with the nearest one", () => {
  for (const [text, key, meant] of [
    ['{"profile":{}}', "profile", "profiles"],
    ['{"profiles":{"a":{"asw":{}}}}', "asw", "aws"],
    ['{"profiles":{"a":{"identiy":"x","aws":{}}}}', "identiy", "identity"],
    ['{"store":{"gaurd":"file"}}', "gaurd", "guard"],
    ['{"__proto__":{"profiles":{}}}', "__proto__", null],
    ['{"constructor":{}}', "constructor", null],
  ] as const) {
    test(text, () => {
      const { code, details, hints } = faultOf(text);
      assert.deepEqual([code, details["key"], details["meant"]], ["CONFIG_KEY_UNKNOWN", key, meant]);
      if (meant !== null) assert.deepEqual(hints, [`did you mean "${meant}"?`]);
    });
  }
});

test("a name that could lead out of a folder, or into an AWS config, is no name", () => {
  for (const name of ["", ".", "..", "../x", "a/b", "a b", "-a", "a]", "a\nb", "é", "__proto__", "a".repeat(65)]) {
    for (const [map, entry] of [
      ["identities", { kind: "device" }],
      ["profiles", { aws: {} }],
    ] as const) {
      const text = `{ "${map}": { ${JSON.stringify(name)}: ${JSON.stringify(entry)} } }`;
      assert.equal(faultOf(text).code, "NAME_INVALID", text);
    }
  }
});

test("a file of megabytes is no config", () => {
  assert.equal(faultOf(`{${" ".repeat(1024 * 1024)}}`).code, "CONFIG_MALFORMED");
});

// Each would take minutes by a pattern that is tried again at every mark of it.
test("a text of marks that are never closed is refused at once", () => {
  for (const mark of ["/* ", '\\"', '"', "// ", "{/*", ", "]) {
    assert.throws(() => parseConfig(`{${mark.repeat(900_000 / mark.length)}`, "config.json"), { code: "CONFIG_MALFORMED" }, mark);
  }
});

describe("whatever the text, there is a config or a fault", () => {
  const acceptsOrFaults = (text: string): void => {
    try {
      const { identities, profiles } = parseConfig(text, FILE);
      assert.ok(identities instanceof Map && profiles instanceof Map);
    } catch (cause) {
      assert.ok(cause instanceof Fault, `${JSON.stringify(text)}: ${cause}`);
    }
  };

  test("for any text", () => {
    fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 200 }), acceptsOrFaults), { numRuns: 2000 });
  });

  test("for the words of a config in any order", () => {
    const word = fc.constantFrom(
      ...'{ } [ ] : , // /* */ \n " null true 1 -'.split(" "),
      '"profiles"',
      '"dev"',
      '"aws"',
      '"via"',
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 40 }), (words) => acceptsOrFaults(words.join(" "))),
      { numRuns: 3000 },
    );
  });

  test("for any JSON where something else belongs", () => {
    const shaped = fc.record(
      {
        identities: fc.oneof(fc.dictionary(fc.string({ maxLength: 5 }), fc.jsonValue({ maxDepth: 2 })), fc.jsonValue()),
        profiles: fc.oneof(fc.dictionary(fc.string({ maxLength: 5 }), fc.jsonValue({ maxDepth: 2 })), fc.jsonValue()),
        store: fc.jsonValue({ maxDepth: 2 }),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(shaped, (value) => acceptsOrFaults(JSON.stringify(value))),
      { numRuns: 2000 },
    );
  });
});
