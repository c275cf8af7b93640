import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import type { KoaContextWithOIDC } from "oidc-provider";
import { EXIT } from "../../../src/core/exit.ts";
import { openSignInWorld, type SignInWorld, workConfig } from "../../providers/sign-in-world.ts";

/** Seconds; of the first ID token alone, so that the next call has to renew the session. */
const FIRST_LIFE = 2;

/** What meets in the middle of a renewal, in processes of their own: the provider has renewed, and nobody has heard of it yet. */
describe("while a session is renewed", () => {
  let world: SignInWorld;
  before(async () => {
    const ttl = {
      AccessToken: 3600,
      AuthorizationCode: 60,
      IdToken: ({ oidc }: KoaContextWithOIDC) => (oidc.params?.["grant_type"] === "refresh_token" ? 3600 : FIRST_LIFE),
      RefreshToken: 86_400,
      Session: 86_400,
      Interaction: 600,
      Grant: 86_400,
      DeviceCode: 600,
    };
    world = await openSignInWorld({ configuration: { ttl } });
  });
  after(() => world.close());

  beforeEach(async () => {
    const { profiles, ...rest } = workConfig(world.provider.clientId);
    world.config({ ...rest, profiles: { dev: { ...profiles.dev, interactive: "never" } } });
    const { status, stdout, stderr } = await world.brevet("login", "--json");
    assert.equal(status, EXIT.done, stderr);
    const { idTokenExpiresAt } = JSON.parse(stdout) as { readonly idTokenExpiresAt: string };
    await wait(Math.max(0, Date.parse(idTokenExpiresAt) - Date.now()));
  });

  const credentials = () => world.begin("credential", "aws", "--profile", "dev");

  /** A call that has asked for the renewal, and has no answer yet. */
  async function heldCall() {
    const held = world.provider.holdAnswer("/token");
    const call = credentials();
    await Promise.race([held.asked, call.ended.then(({ stderr }) => assert.fail(stderr))]);
    return { held, call };
  }

  it("a logout waits, and neither the session nor credentials stay", async () => {
    const { call, held } = await heldCall();
    const logout = world.begin("logout");
    await logout.spoken;
    held.release();
    assert.equal((await call.ended).status, EXIT.done);
    const { status, stderr } = await logout.ended;
    assert.equal(status, EXIT.done, stderr);
    assert.match(stderr, /waiting for process \d+: gets a session/);
    assert.match(stderr, /the provider has forgotten the session too/);
    const { identities } = JSON.parse((await world.brevet("status", "--json")).stdout);
    assert.equal(identities[0].session, null);
    assert.equal((await credentials().ended).status, EXIT.needsPerson);
  });

  it("a call that is killed before it has kept the answer is found by the next one, which says what it has cost", async () => {
    const { call, held } = await heldCall();
    call.kill();
    await call.ended;
    held.release();
    const next = await credentials().ended;
    assert.equal(next.status, EXIT.needsPerson, next.stderr);
    assert.match(next.stderr, /SESSION_ENDED/);
    assert.match(next.stderr, /a renewal was cut off before its answer was kept/);
    assert.equal((await world.brevet("login")).status, EXIT.done);
  });

  it("ten calls renew once, and have the same credentials", async () => {
    const before = world.provider.requests.length;
    const all = await Promise.all(Array.from({ length: 10 }, () => credentials().ended));
    assert.deepEqual(
      all.filter(({ status }) => status !== EXIT.done).map(({ stderr }) => stderr),
      [],
    );
    assert.equal(new Set(all.map(({ stdout }) => stdout)).size, 1);
    // The sandbox asks for the documents of the provider too, when those that it has are old.
    const posted = world.provider.requests.slice(before).filter((request) => request.startsWith("POST"));
    assert.deepEqual(posted, ["POST /token"]);
  });
});
