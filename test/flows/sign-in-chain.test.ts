import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { EXIT } from "../../src/core/exit.ts";
import { storm } from "../providers/sign-in-storm.ts";
import { openSignInWorld, type SignInWorld, workConfig } from "../providers/sign-in-world.ts";

describe("from a browser to AWS credentials", () => {
  let world: SignInWorld;
  before(async () => {
    world = await openSignInWorld();
  });
  after(() => world.close());

  it("goes by one sign-in, and then by nothing", async () => {
    const first = await world.brevet("credential", "aws", "--profile", "dev");
    assert.equal(first.status, EXIT.done, first.stderr);
    assert.equal(JSON.parse(first.stdout).Version, 1);
    assert.match(world.browserLog(), /signed in as <strong>alice@example\.com/);
    const opened = world.browserLog();
    const renewed = await world.brevet("credential", "aws", "--profile", "dev", "--renew");
    assert.equal(renewed.status, EXIT.done, renewed.stderr);
    assert.equal(world.browserLog(), opened);
    const { identities } = JSON.parse((await world.brevet("status", "--json")).stdout);
    assert.equal(identities[0].subject, "alice");
    const check = await world.brevet("status", "--check");
    assert.match(check.stdout, /assumed-role\/dev\/alice/);
  });

  it("is seen in status, and ended here, at the provider and in the browser, which is started with no token", async () => {
    const { identities } = JSON.parse((await world.brevet("status", "--json")).stdout);
    assert.deepEqual(Object.keys(identities[0].session), ["label", "signedInAt", "idTokenEndsAt", "renewable"]);
    assert.match((await world.brevet("status")).stdout, /signed in as alice@example\.com, renewed without you/);
    const seen = world.browserLog().length;
    const ended = await world.brevet("logout", "--end-browser-session");
    assert.match(ended.stderr, /the provider has forgotten the session too/);
    assert.match(ended.stderr, /the provider's page is open in the browser; sign out there/);
    const [opened] = world.browserLog().slice(seen).split("\n");
    assert.equal(opened, `https://id.example/session/end?client_id=${world.provider.clientId}`);
    assert.match(ended.stderr, /removed 1 session, 1 cached credential/);
    assert.match((await world.brevet("status")).stdout, /nobody is signed in: `brevet login work`/);
  });

  it("opens one tab for many programs, and shows them who signs in", () => storm(world, 20));

  it("names the browser that does not open, where no terminal could show the page's address", async () => {
    const { status, stderr } = await world.brevet("login", "--browser", "/nowhere/browser");
    assert.equal(status, EXIT.needsPerson, stderr);
    assert.match(stderr, /the browser "\/nowhere\/browser" did not open.*PERSON_ABSENT/);
    assert.match(stderr, /`brevet login work --browser /);
  });

  it("asks nobody where the profile forbids it", async () => {
    await world.brevet("logout");
    const { profiles, ...rest } = workConfig(world.provider.clientId);
    world.config({ ...rest, profiles: { dev: { ...profiles.dev, interactive: "never" } } });
    const refused = await world.brevet("credential", "aws", "--profile", "dev");
    assert.equal(refused.status, EXIT.needsPerson);
    assert.equal(refused.stdout, "");
    assert.match(refused.stderr, /`brevet login work`/);
    const login = await world.brevet("login", "--json");
    assert.equal(JSON.parse(login.stdout).subject, "alice");
    assert.equal((await world.brevet("credential", "aws", "--profile", "dev")).status, EXIT.done);
  });
});
