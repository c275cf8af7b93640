import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { parseConfig } from "../wire/brevet-config/parse.ts";
import { exchangesOf } from "./exchange-kinds.ts";
import { resolveProfile, selectedEntry } from "./resolve-profile.ts";

const CONFIG = `{
  "identities": { "laptop": { "kind": "device", "subject": "laptop-k3v9q2x7ab" } },
  "profiles": {
    "free": { "aws": { "roleArn": "free" } },
    "base": { "aws": { "roleArn": "base", "region": "eu-west-1" } },
    "prod": { "via": "base", "aws": { "roleArn": "prod" } },
    "far": { "via": "free", "aws": { "roleArn": "prod" } },
    "token": { "via": "base", "awsToken": { "audience": "app" } },
  },
}`;

/** Under which the credentials of a profile are kept, in a shell with those variables. */
async function keyIn(environment: Readonly<Record<string, string>>, profile: string): Promise<string> {
  const config = parseConfig(CONFIG, "config.json");
  const unused = () => Promise.reject(new Error("nothing is opened for a key"));
  const clock = { now: () => 0, offsetSeconds: 0, learn: () => undefined };
  const { cacheKey } = await resolveProfile(selectedEntry({ profile, overrides: {} }, config, environment), {
    config: async () => config,
    environment,
    identityShape: async () => ({}),
    openIdentity: unused,
    prepareExchange: exchangesOf({ clock, http: unused, environment, warn: () => undefined }),
  });
  return cacheKey;
}

describe("what is kept of a profile", () => {
  const differs = async (profile: string, one: Readonly<Record<string, string>>): Promise<boolean> =>
    (await keyIn({}, profile)) !== (await keyIn(one, profile));

  test("is apart by the shell's region only where that is the region of the call", async () => {
    const region = { AWS_REGION: "us-east-1" };
    const apart = { free: true, base: false, prod: false, far: true, token: false };
    for (const [profile, expected] of Object.entries(apart)) assert.equal(await differs(profile, region), expected, profile);
  });

  test("is apart by where the shell says that STS is called, also of a chain", async () => {
    const endpoint = { AWS_ENDPOINT_URL_STS: "https://sts.example.com" };
    for (const profile of ["free", "base", "prod", "far", "token"]) assert.equal(await differs(profile, endpoint), true, profile);
  });
});
