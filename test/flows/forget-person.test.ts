import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { EXIT } from "../../src/core/exit.ts";
import { openSignInWorld, type SignInWorld, workConfig } from "../providers/sign-in-world.ts";

const kept = ({ home }: SignInWorld, area: string): readonly string[] => {
  const folder = join(home, ".local/state/brevet", area);
  return existsSync(folder) ? readdirSync(folder) : [];
};

test("an identity that people sign in as is forgotten with its session and its keys, once no profile goes by it", async () => {
  const world = await openSignInWorld();
  try {
    const { identities, profiles } = workConfig(world.provider.clientId, { dpop: { signer: "software" } });
    const here = { kind: "device", signer: "software", issuer: "https://id.example/here" };
    world.config({ identities: { ...identities, here }, profiles });
    assert.equal((await world.brevet("login", "work")).status, EXIT.done);
    assert.deepEqual([kept(world, "sessions").length, kept(world, "keys").length], [1, 1]);
    const inUse = await world.brevet("logout", "work", "--forget");
    assert.equal(inUse.status, EXIT.refused);
    assert.match(inUse.stderr, /profiles use it: dev \(IDENTITY_IN_USE\)/);
    assert.match(inUse.stderr, /`brevet logout work`/);
    for (const [words, hint] of [
      [["--forget"], "`brevet logout NAME --forget`"],
      [["--all", "--forget"], "`brevet logout --help`"],
      [["here", "--forget"], "`brevet issuer revoke here --forget`"],
    ] as const) {
      const { status, stderr } = await world.brevet("logout", ...words);
      assert.equal(status, EXIT.usage, stderr);
      assert.ok(stderr.includes(hint), stderr);
    }
    assert.equal(kept(world, "sessions").length, 1);
    world.config({ identities: { ...identities, here }, profiles: {} });
    const { status, stderr } = await world.brevet("logout", "work", "--forget");
    assert.equal(status, EXIT.done, stderr);
    assert.match(stderr, /work: the provider has forgotten the session too/);
    assert.match(stderr, /work is forgotten/);
    assert.deepEqual([kept(world, "sessions"), kept(world, "keys")], [[], []]);
    const config = JSON.parse(readFileSync(join(world.home, ".config/brevet/config.json"), "utf8"));
    assert.deepEqual(Object.keys(config.identities), ["here"]);
  } finally {
    await world.close();
  }
});
