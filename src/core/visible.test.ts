import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { isTypeable, visible, visibleJson, visibleLine } from "./visible.ts";

const UNSEEN = ["\u0007", "\u009b", "\u00ad", "\u200b", "\u202e", "\u2028", "\ufeff", "\u{e0041}"];

describe("a value as JSON", () => {
  it("shows what cannot be seen, and is the same value to who reads it", () => {
    for (const character of UNSEEN) {
      const json = visibleJson({ [`a${character}b`]: [character] });
      assert.match(json, /^[\x20-\x7e]+$/, json);
      assert.deepEqual(JSON.parse(json), { [`a${character}b`]: [character] });
    }
  });

  it("has nothing to be shown that `visible` would show", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const json = visibleJson(value, 2);
        assert.equal(visible(json), json);
        assert.deepEqual(JSON.parse(json), JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it("keeps what people write as it is", () => {
    assert.equal(visibleJson("Zoë, 東京 and 🔑"), '"Zoë, 東京 and 🔑"');
  });
});

describe("a line", () => {
  it("is one line, and has nothing that is not seen", () => {
    for (const character of [...UNSEEN, "\n"]) assert.match(visibleLine(`a${character}b`), /^[\x20-\x7e]+$/);
  });

  it("can be typed where all of it is seen", () => {
    for (const character of [...UNSEEN, "\n", "\t", "\0", "\ud800"]) assert.equal(isTypeable(`a${character}b`), false, character);
    assert.equal(isTypeable("Zoë's 東京 🔑"), true);
  });
});
