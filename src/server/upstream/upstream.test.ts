import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { withCode } from "../../../test/server/ceremony-bench.ts";
import { parseUpstream, readUpstreamPerson } from "./upstream.ts";

const TENANT = "72f988bf-86f1-41af-91ab-2d7cd011db47";
const google = parseUpstream({
  name: "Google",
  issuer: "https://accounts.google.com",
  clientId: "c",
  domains: ["Example.com"],
  enrols: "everybody",
});
const entra = parseUpstream({
  name: "Entra",
  issuer: `https://login.microsoftonline.com/${TENANT}/v2.0`,
  clientId: "c",
  domains: ["example.com"],
  enrols: "invited",
  claims: { tid: TENANT },
  trustsEmails: true,
});
const alice = { email: "alice@example.com", email_verified: true };

describe("who a sign-in provider says has come", () => {
  it("is of the organisation at Google, by `hd`", () => {
    assert.equal(readUpstreamPerson(google, { ...alice, hd: "example.com" }).email, "alice@example.com");
    assert.throws(() => readUpstreamPerson(google, alice), withCode("UPSTREAM_REFUSED"));
    assert.throws(() => readUpstreamPerson(google, { ...alice, hd: "example.org" }), withCode("UPSTREAM_REFUSED"));
    assert.throws(
      () => readUpstreamPerson(google, { ...alice, hd: ["example.com"], email_verified: "yes" }),
      withCode("UPSTREAM_REFUSED"),
    );
  });

  for (const issuer of ["https://accounts.google.com/", "https://Accounts.Google.com", "https://accounts.google.com:443"]) {
    it(`is of the organisation at Google, also where that is called ${issuer}`, () => {
      assert.throws(() => readUpstreamPerson({ ...google, issuer }, alice), withCode("UPSTREAM_REFUSED"));
    });
  }

  it("is of the tenant at Entra, whose addresses count without being verified", () => {
    assert.equal(readUpstreamPerson(entra, { email: "Bob@example.com", tid: TENANT }).email, "bob@example.com");
    assert.throws(() => readUpstreamPerson(entra, { email: "bob@example.com", tid: "other" }), withCode("UPSTREAM_REFUSED"));
  });

  it("is called what is seen of the name that is said, else by their address", () => {
    const named = (name: unknown) => readUpstreamPerson(google, { ...alice, hd: "example.com", name }).name;
    assert.equal(named("Alice\u3164 \u202eLiddell\n"), "Alice Liddell");
    assert.equal(named(`${"x".repeat(99)}\u{1f984}`), "x".repeat(99));
    for (const nothing of [undefined, 7, "", "\u200b\u00a0"]) assert.equal(named(nothing), "alice@example.com");
  });

  for (const [email, why] of [
    ["alice@example.com.evil.org", "whose domain only begins like it"],
    ["alice@evilexample.com", "whose domain only ends like it"],
    ["alice@evil.org@example.com", "with two signs"],
    ["alice example.com", "without a sign"],
    [["alice@example.com"], "in a list"],
  ] as const) {
    it(`is nobody by an address ${why}`, () => {
      assert.throws(() => readUpstreamPerson({ ...google, issuer: "https://id.example" }, { ...alice, email }));
    });
  }
});

describe("a sign-in provider", () => {
  for (const issuer of ["common", "organizations", "consumers"]) {
    it(`is not every tenant of Entra at once (${issuer})`, () => {
      const at = `https://login.microsoftonline.com/${issuer}/v2.0`;
      assert.throws(() => parseUpstream({ ...entra, issuer: at }), withCode("URL_INVALID"));
    });
  }

  for (const [change, code] of [
    [{ issuer: "http://id.example.com" }, "URL_INVALID"],
    [{ issuer: "https://user@id.example.com" }, "URL_INVALID"],
    [{ issuer: "file:///etc/passwd" }, "URL_INVALID"],
    [{ domains: [] }, "CONFIG_MALFORMED"],
    [{ domains: ["com"] }, "NAME_INVALID"],
    [{ enrols: "nobody" }, "CONFIG_MALFORMED"],
    [{ groups: ["administrators"] }, "NAME_INVALID"],
    [{ trustEmails: true }, "CONFIG_KEY_UNKNOWN"],
  ] as const) {
    it(`is not taken with ${JSON.stringify(change)}`, () => {
      assert.throws(() => parseUpstream({ ...google, ...change }), withCode(code));
    });
  }
});
