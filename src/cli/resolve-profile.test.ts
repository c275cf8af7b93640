import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { ProfilePath } from "../core/profile.ts";
import { parseConfig } from "../wire/brevet-config/parse.ts";
import { cacheKeyPrefix, type ProfileSelection, resolveProfile, selectedEntry } from "./resolve-profile.ts";

const CONFIG = `{
  "identities": {
    "laptop": { "kind": "device", "subject": "laptop-k3v9q2x7ab" },
    "work": { "kind": "device", "subject": "work-k3v9q2x7ab" },
  },
  "profiles": {
    "dev": { "identity": "laptop", "aws": { "roleArn": "dev" } },
    "same": { "identity": "laptop", "aws": { "roleArn": "dev" } },
    "work": { "identity": "work", "aws": { "roleArn": "dev" } },
    "chained": { "via": "dev", "aws": { "roleArn": "prod" } },
    "direct": { "identity": "laptop", "aws": { "roleArn": "prod" } },
    "twice": { "via": "chained", "aws": { "roleArn": "prod" } },
    "unclear": { "aws": { "roleArn": "dev" } },
    "loop": { "via": "circle", "aws": {} },
    "circle": { "via": "loop", "aws": {} },
  },
}`;

const subjects: (string | null)[] = [];

/** The path of a selection, whose exchange takes any options and remembers for whom it was opened. */
async function resolve(selection: Partial<ProfileSelection>): Promise<ProfilePath> {
  const config = parseConfig(CONFIG, "config.json");
  return resolveProfile(selectedEntry({ overrides: {}, ...selection }, config, {}), {
    config: async () => config,
    environment: {},
    identityShape: async () => ({}),
    openIdentity: () => Promise.reject(new Error("no identity is opened before it is needed")),
    prepareExchange: async ({ options }) => ({
      shape: options,
      check: async () => undefined,
      open: (subject) => {
        subjects.push(subject);
        return Promise.reject(new Error("opened"));
      },
    }),
  });
}

const keyOf = async (profile: string): Promise<string> => (await resolve({ profile })).cacheKey;

describe("what is cached", () => {
  test("is shared by profiles of one shape, whatever their names", async () => {
    assert.equal(await keyOf("dev"), await keyOf("same"));
  });

  test("is not shared where the identity, the options or the way differ", async () => {
    const keys = await Promise.all(["dev", "work", "chained", "direct", "twice"].map(keyOf));
    assert.equal(new Set(keys).size, keys.length);
    const shorter = await resolve({ profile: "dev", overrides: { duration: "15m" } });
    assert.notEqual(shorter.cacheKey, keys[0]);
  });

  test("is found by its identity, also through other profiles and for a role of the command line", async () => {
    const role = await resolve({ identity: "laptop", overrides: { roleArn: "elsewhere" } });
    const keys = [role.cacheKey, ...(await Promise.all(["dev", "chained", "twice"].map(keyOf)))];
    for (const key of keys) assert.ok(key.startsWith(cacheKeyPrefix("laptop")), key);
    assert.ok((await keyOf("work")).startsWith(cacheKeyPrefix("work")));
    assert.notEqual(cacheKeyPrefix("laptop"), cacheKeyPrefix("Laptop"));
  });

  test("has a name that a store takes, with room for what stands beside it", async () => {
    assert.match(`${await keyOf("twice")}.fault`, /^[a-z0-9._-]{1,128}$/);
  });
});

test("a chain is opened for the subject of the identity at its beginning", async () => {
  await assert.rejects((await resolve({ profile: "twice" })).openExchange(), { message: "opened" });
  assert.deepEqual(subjects, ["laptop-k3v9q2x7ab"]);
});

describe("what cannot be resolved", () => {
  for (const [profile, code] of [
    ["loop", "PROFILE_LOOP"],
    ["circle", "PROFILE_LOOP"],
    ["unclear", "IDENTITY_AMBIGUOUS"],
    ["absent", "PROFILE_UNKNOWN"],
    [undefined, "PROFILE_AMBIGUOUS"],
  ] as const) {
    test(`${profile ?? "no profile"}: ${code}`, () =>
      assert.rejects(resolve(profile === undefined ? {} : { profile }), { code }));
  }
});
