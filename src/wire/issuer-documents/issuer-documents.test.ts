import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { Fault } from "../../core/fault.ts";
import type { JwksEntry } from "../jwk/jwks.ts";
import { discoveryDocument, parseDiscovery } from "./discovery.ts";
import { identityHandle } from "./identity-handle.ts";
import { parseIssuerUrl } from "./issuer-url.ts";
import { mergeJwks } from "./jwks-document.ts";
import { isSubject, makeSubject } from "./subject.ts";

describe("an issuer URL", () => {
  it("is taken as it is written", () => {
    for (const url of ["https://id.example.com", "https://d111.cloudfront.net/laptop-7f3a", "https://id.example.com/a/b_c~d.e"]) {
      assert.equal(parseIssuerUrl(url, "issuer"), url);
    }
    assert.equal(parseIssuerUrl(`https://id.example.com/${"a".repeat(232)}`, "issuer").length, 255);
  });

  const refused: readonly (readonly [string, string])[] = [
    ["no URL", "laptop"],
    ["http", "http://id.example.com"],
    ["another scheme", "ftp://id.example.com/a"],
    ["a trailing slash", "https://id.example.com/"],
    ["a trailing slash in the path", "https://id.example.com/a/"],
    ["a port", "https://id.example.com:8443/a"],
    ["the default port", "https://id.example.com:443/a"],
    ["a query", "https://id.example.com/a?b=c"],
    ["an empty query", "https://id.example.com/a?"],
    ["a fragment", "https://id.example.com/a#b"],
    ["a user", "https://me@id.example.com/a"],
    ["upper case in the host", "https://ID.example.com/a"],
    ["dots that are resolved", "https://id.example.com/a/../b"],
    ["a space", "https://id.example.com/a b"],
    ["a space in front", " https://id.example.com/a"],
    ["256 characters", `https://id.example.com/${"a".repeat(233)}`],
  ];
  for (const [title, url] of refused) {
    it(`is refused with ${title}`, () => {
      assert.throws(
        () => parseIssuerUrl(url, "issuer"),
        (cause) => cause instanceof Fault && cause.code === "URL_INVALID",
      );
    });
  }
});

describe("a subject", () => {
  it("is valid unchanged as AWS session name, google.subject and Entra subject, whatever the name", () => {
    const bytes = fc.uint8Array({ minLength: 10, maxLength: 10 });
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 80 }), bytes, (name, random) => {
        const subject = makeSubject(name, () => random);
        assert.match(subject, /^[a-z0-9][a-z0-9-]{0,48}-[a-z2-7]{10}$/);
        assert.match(subject, /^[\w+=,.@-]{2,64}$/);
        assert.ok(isSubject(subject) && subject.length <= 60);
        assert.ok(Buffer.byteLength(subject) <= 127);
      }),
    );
  });

  it("says the name and differs each time", () => {
    let next = 0;
    const random = (count: number) => Uint8Array.from({ length: count }, () => next++);
    assert.equal(makeSubject("Alice's Laptop", random), "alice-s-laptop-abcdefghij");
    assert.equal(makeSubject("Alice's Laptop", random), "alice-s-laptop-klmnopqrst");
    assert.equal(makeSubject("", random), "device-uvwxyz2345");
    assert.equal(makeSubject("x".repeat(100), random).length, 60);
  });

  it("uses every character of its alphabet equally often", () => {
    const all = Uint8Array.from({ length: 256 }, (_, index) => index);
    const counts = new Map<string, number>();
    for (let start = 0; start + 10 <= 250; start += 10) {
      for (const one of makeSubject("", () => all.subarray(start, start + 10)).slice(-10))
        counts.set(one, (counts.get(one) ?? 0) + 1);
    }
    assert.equal(counts.size, 32);
    assert.ok([...counts.values()].every((count) => count >= 7 && count <= 8));
  });
});

describe("a discovery document", () => {
  it("comes back as it was made", () => {
    const { body, path, cacheControl } = discoveryDocument("https://id.example.com/a", ["ES256"]);
    assert.deepEqual(parseDiscovery(body, "test"), {
      issuer: "https://id.example.com/a",
      jwksUri: "https://id.example.com/a/keys.json",
      algorithms: ["ES256"],
    });
    assert.equal(path, ".well-known/openid-configuration");
    assert.equal(cacheControl, "public, max-age=3600");
  });

  it("is refused in any other form", () => {
    for (const body of ["", "null", "[]", "{}", '{"issuer":1,"jwks_uri":"x"}', '{"issuer":"x"}']) {
      assert.throws(
        () => parseDiscovery(body, "test"),
        (cause) => (cause as Fault).code === "ISSUER_DOCUMENT_INVALID",
        body,
      );
    }
  });
});

describe("merging key sets", () => {
  const entry = (kid: string | null, note = ""): JwksEntry => ({ kid, jwk: null, members: { kid, note } });
  const entries = fc
    .uniqueArray(fc.constantFrom("a", "b", "c", "d", "e", "f"), { maxLength: 6 })
    .map((kids) => kids.map((kid) => entry(kid)));

  it("loses no key, doubles none and changes none of others, whatever is there", () => {
    fc.assert(
      fc.property(entries, entries, (present, ours) => {
        const marked = ours.map(({ kid }) => entry(kid, "ours"));
        const { keys, foreign } = mergeJwks(present, marked, new Set());
        const kids = keys.map(({ kid }) => kid);
        assert.deepEqual(new Set(kids), new Set([...present, ...ours].map(({ kid }) => kid)));
        assert.equal(new Set(kids).size, kids.length);
        for (const one of keys) assert.equal(one["note"], marked.some(({ kid }) => kid === one["kid"]) ? "ours" : "");
        assert.deepEqual(
          foreign,
          present.map(({ kid }) => kid).filter((kid) => !ours.some((one) => one.kid === kid)),
        );
      }),
    );
  });

  it("takes keys without a kid for those of others, and keeps them", () => {
    const { keys, foreign } = mergeJwks([entry(null, "x"), entry(null, "y")], [entry("a")], new Set(["a"]));
    assert.deepEqual(
      keys.map(({ note }) => note),
      ["x", "y", ""],
    );
    assert.equal(foreign.length, 2);
  });

  it("knows keys that were ours", () => {
    assert.deepEqual(mergeJwks([entry("old"), entry("other")], [entry("new")], new Set(["old", "new"])).foreign, ["other"]);
  });
});

describe("an identity's handle", () => {
  it("is a name for files and store entries, and different for each identity", () => {
    const names = fc.uniqueArray(fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/), { minLength: 2, maxLength: 20 });
    fc.assert(
      fc.property(names, (identities) => {
        const handles = identities.map(identityHandle);
        for (const handle of handles) assert.match(handle, /^[a-z0-9][a-z0-9._-]{0,99}$/);
        assert.equal(new Set(handles).size, identities.length);
      }),
    );
    assert.equal(identityHandle("laptop"), "laptop");
    assert.notEqual(identityHandle("Laptop"), identityHandle("LAPTOP"));
    assert.match(identityHandle("../../etc"), /^x[a-z0-9._-]+$/);
  });
});
