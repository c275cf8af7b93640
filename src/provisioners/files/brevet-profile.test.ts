import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { brevetIssuerDocument } from "./brevet-issuer.ts";
import { brevetIdentityDocument, brevetProfileDocument } from "./brevet-profile.ts";

describe("an entry of brevet's config", () => {
  it("is absent under a name that every object has", () => {
    const text = '{ "identities": {}, "profiles": {} }';
    for (const name of ["constructor", "toString", "valueOf"]) {
      const address = { file: "/config.json", profile: name, identity: name };
      for (const document of [brevetProfileDocument, brevetIdentityDocument, brevetIssuerDocument])
        assert.deepEqual(document.read(text, { kind: "any", address }), { state: null, owner: "nobody" });
    }
  });
});
