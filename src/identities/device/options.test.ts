import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { toJsonSchema } from "@valibot/to-json-schema";
import { Fault } from "../../core/fault.ts";
import { placeIn } from "../../core/place.ts";
import { deviceOptionsSchema, parseDeviceOptions } from "./options.ts";

const LEAST = { signer: "software", subject: "laptop-abcdefghij" };

describe("the options of a device", () => {
  it("need a signer and a subject", () => {
    assert.deepEqual(parseDeviceOptions(LEAST, placeIn(null, "identities.laptop")), {
      signer: { kind: "software", options: {} },
      subject: "laptop-abcdefghij",
      issuer: null,
      sharedIssuer: false,
      keys: { generation: 1, publishedTo: [], next: null, previous: null },
      tags: null,
      sourceIdentity: null,
    });
  });

  it("hand a signer its own options, unread", () => {
    const signer = { kind: "pkcs11", module: "/usr/lib/p11.so", slot: { label: "dev" } };
    assert.deepEqual(parseDeviceOptions({ ...LEAST, signer }, placeIn(null, "identities.laptop")).signer, {
      kind: "pkcs11",
      options: { module: "/usr/lib/p11.so", slot: { label: "dev" } },
    });
  });

  const refused: readonly (readonly [string, string, unknown])[] = [
    ["no object", "CONFIG_MALFORMED", null],
    ["no signer", "CONFIG_MALFORMED", { subject: "laptop" }],
    ["no subject", "CONFIG_MALFORMED", { signer: "software" }],
    ["a signer without a kind", "CONFIG_MALFORMED", { ...LEAST, signer: { module: "x" } }],
    ["a subject with other characters", "CONFIG_MALFORMED", { ...LEAST, subject: "alice@example.com" }],
    ["a subject of 61 characters", "CONFIG_MALFORMED", { ...LEAST, subject: "a".repeat(61) }],
    ["a subject of one character", "CONFIG_MALFORMED", { ...LEAST, subject: "a" }],
    ["an unknown key", "CONFIG_KEY_UNKNOWN", { ...LEAST, isuer: "https://id.example.com" }],
    ["an issuer without TLS", "URL_INVALID", { ...LEAST, issuer: "http://id.example.com" }],
    ["sharedIssuer as text", "CONFIG_MALFORMED", { ...LEAST, sharedIssuer: "true" }],
    ["a tag that is a number", "CONFIG_MALFORMED", { ...LEAST, tags: { Team: 1 } }],
    ["an empty tag key", "CONFIG_MALFORMED", { ...LEAST, tags: { "": "x" } }],
    ["a tag key of 129 characters", "CONFIG_MALFORMED", { ...LEAST, tags: { ["k".repeat(129)]: "x" } }],
    ["a tag value of 257 characters", "CONFIG_MALFORMED", { ...LEAST, tags: { Team: "x".repeat(257) } }],
    ["51 tags", "CONFIG_MALFORMED", { ...LEAST, tags: Object.fromEntries(Array.from({ length: 51 }, (_, i) => [`k${i}`, "x"])) }],
    ["tags that differ in case only", "CONFIG_MALFORMED", { ...LEAST, tags: { Team: "a", team: "b" } }],
    ["a transitive key without its tag", "CONFIG_MALFORMED", { ...LEAST, tags: { Team: "a" }, transitiveTags: ["Site"] }],
    ["a source identity with a space", "CONFIG_MALFORMED", { ...LEAST, sourceIdentity: "Alice Smith" }],
    ["a source identity of one character", "CONFIG_MALFORMED", { ...LEAST, sourceIdentity: "a" }],
  ];
  for (const [title, code, raw] of refused) {
    it(`are refused with ${title}`, () => {
      assert.throws(
        () => parseDeviceOptions(raw, placeIn(null, "identities.laptop")),
        (cause) => cause instanceof Fault && cause.code === code,
      );
    });
  }

  it("suggest the nearest key", () => {
    assert.throws(
      () => parseDeviceOptions({ ...LEAST, isuer: "x" }, placeIn(null, "identities.laptop")),
      (cause) => cause instanceof Fault && cause.hints.some((hint) => hint.includes("issuer")),
    );
  });

  it("give a JSON Schema in which every key is described", () => {
    const { properties = {} } = toJsonSchema(deviceOptionsSchema);
    assert.deepEqual(Object.keys(properties), Object.keys(deviceOptionsSchema.entries));
    for (const [key, value] of Object.entries(properties)) {
      assert.ok(typeof value === "object" && (value.description ?? "").length > 20, key);
    }
  });
});
